// When something was or will be, as one would say it.

const DAY_MS = 86_400_000;

function startOfDay(date: Date): number {
  return new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
}

const NEAR: Record<number, string> = { [-1]: "tomorrow", 0: "today", 1: "yesterday" };

/** "today, 14:05", "yesterday, 9:30", "12 November", "3 May 2025". */
export function whenWords(iso: string, now = new Date()): string {
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) return "";
  const days = Math.round((startOfDay(now) - startOfDay(date)) / DAY_MS);
  const near = NEAR[days];
  if (near !== undefined) {
    const clock = date.toLocaleTimeString("en-GB", { hour: "numeric", minute: "2-digit" });
    return `${near}, ${clock}`;
  }
  const sameYear = date.getFullYear() === now.getFullYear();
  return date.toLocaleDateString("en-GB", {
    day: "numeric",
    month: "long",
    ...(sameYear ? {} : { year: "numeric" }),
  });
}
