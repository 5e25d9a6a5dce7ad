// Where the API is. Empty for the page inside the binary; set at build time for a page hosted apart.

function trimmed(value: string | undefined): string {
  return (value ?? "")
    .trim()
    .replace(/\/+$/, "")
    .replace(/\/api$/, "");
}

const base = trimmed(import.meta.env["VITE_API_BASE_URL"] as string | undefined);

/** A host that rewrites `/api` (vercel.json) keeps the cookie first-party; only live events then go straight. */
const rewritten = import.meta.env["VITE_API_SAME_ORIGIN"] === "true";

export function apiUrl(path: string): string {
  // A picture that is in this page only, before it is sent.
  if (path.startsWith("blob:")) return path;
  return rewritten ? path : base + path;
}

/** Supabase's project as browsers reach it, where the build says so. */
export function supabaseHere(): { url: string; key: string } | null {
  const url = trimmed(import.meta.env["VITE_SUPABASE_URL"] as string | undefined);
  const key = (import.meta.env["VITE_SUPABASE_ANON_KEY"] as string | undefined) ?? "";
  return url === "" || key === "" ? null : { url, key };
}

/** Whether the API is at another origin, whose cookies the page cannot see. */
export function isApart(): boolean {
  return base !== "" && !rewritten;
}

/** Live events always go straight to the server. */
export function liveUrl(path: string): string {
  return new URL(base + path, window.location.href).href;
}
