// What the host's page says about turns that follow by themselves, about who has spoken, and about cost.
import { dollars } from "@/components/transcript/words";
import type { Discussion, Message } from "@/protocol/types";
import type { Allowance, Spent, Usages } from "./api";

/** More than anyone counts: then only the time says when it ends. */
const COUNTLESS = 90;

/** "2 more follow", "until 10:45". `running`: 1 while one of them speaks. */
export function autoWords({ turns_left, until }: NonNullable<Discussion["auto"]>, running: 0 | 1): string {
  const left = turns_left - running;
  const parts = [];
  if (turns_left < COUNTLESS || !until)
    parts.push(
      left === 0 ? "the last of them" : left === 1 ? "1 more follows" : `${String(left)} more follow`,
    );
  if (until) parts.push(`until ${clock(until)}`);
  return parts.join(", ");
}

function clock(iso: string): string {
  return new Date(iso).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
}

/** The next time at which a clock shows "10:45". */
export function nextTime(time: string, now = new Date()): string {
  const [hours = 0, minutes = 0] = time.split(":").map(Number);
  const then = new Date(now);
  then.setHours(hours, minutes, 0, 0);
  if (then <= now) then.setDate(then.getDate() + 1);
  return then.toISOString();
}

export interface Share {
  turns: number;
  words: number;
}

/** How much each has spoken, of what is there. */
export function sharesOf(messages: readonly Message[]): Map<string, Share> {
  const shares = new Map<string, Share>();
  for (const { author, text, status } of messages) {
    if (author.kind !== "character" || author.id === null || status === "struck" || text === "") continue;
    const share = shares.get(author.id) ?? { turns: 0, words: 0 };
    const words = text.split(/\s+/).filter((word) => word !== "").length;
    shares.set(author.id, { turns: share.turns + 1, words: share.words + words });
  }
  return shares;
}

const counted = (count: number, one: string, many = `${one}s`) =>
  `${count.toLocaleString("en")} ${count === 1 ? one : many}`;

export function shareWords({ turns, words }: Share): string {
  return turns === 0 ? "not heard yet" : `${counted(turns, "turn")}, ${counted(words, "word")}`;
}

/** "$0.04", "$0.04 and 2 requests at an unknown price", "at an unknown price". */
export function costWords({ cost_usd, unpriced, attempts }: Spent): string {
  if (unpriced === 0) return dollars(cost_usd);
  if (unpriced === attempts) return "at an unknown price";
  return `${dollars(cost_usd)} and ${counted(unpriced, "request")} at an unknown price`;
}

/** "of $5.00", "of 40 turns", or nothing. */
export function limitWords({ turns, usd }: Allowance, spent: Spent): string {
  const parts = [
    usd !== null && `of at most ${dollars(usd)}`,
    turns !== null && `${String(spent.turns)} of ${counted(turns, "turn")}`,
  ];
  return parts.filter(Boolean).join(", ");
}

const NEAR = 0.8;

/** Whether four fifths of a limit are used up. */
export function isNear({ turns, usd }: Allowance, spent: Spent): boolean {
  return (
    (usd !== null && spent.cost_usd >= usd * NEAR) ||
    (turns !== null && spent.turns >= Math.floor(turns * NEAR))
  );
}

/** The one line that is always there: "$0.04 so far". */
export function costLine({ discussion, today, limits }: Usages): string {
  if (discussion.attempts === 0) return "";
  const near = isNear(limits.discussion, discussion) || isNear(limits.today, today);
  return `${costWords(discussion)} so far${near ? ", a limit is near" : ""}`;
}
