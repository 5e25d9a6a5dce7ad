// Who is using the page. The access token lives in memory only; the refresh token is a cookie the page cannot read.
import { apiUrl } from "./env";
import { ApiError, OFFLINE, problemOf } from "./problem";

export interface User {
  id: string;
  kind: "guest" | "account";
  name: string;
  email: string | null;
}

interface Grant {
  access_token: string;
  expires_in: number;
  user: User;
}

export type Session = { state: "opening" } | { state: "open"; user: User } | { state: "closed" };

const REFRESH_LOCK = "chatlab.refresh";

let session: Session = { state: "opening" };
let token: string | null = null;
let inFlight: Promise<string | null> | null = null;
const listeners = new Set<() => void>();

/** Tells the other tabs of a new token, so that one refresh serves them all. */
const channel = typeof BroadcastChannel === "undefined" ? null : new BroadcastChannel("chatlab.session");
channel?.addEventListener("message", (event: MessageEvent<Grant | null>) => {
  adopt(event.data);
});

export function getSession(): Session {
  return session;
}

export function subscribeSession(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function adopt(grant: Grant | null): void {
  token = grant?.access_token ?? null;
  session = grant ? { state: "open", user: grant.user } : { state: "closed" };
  listeners.forEach((listener) => {
    listener();
  });
}

function adoptAndTell(grant: Grant | null): string | null {
  adopt(grant);
  channel?.postMessage(grant);
  return token;
}

async function post(path: string, body: unknown = {}): Promise<Response> {
  return fetch(apiUrl(path), {
    method: "POST",
    credentials: "include",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  }).catch(() => {
    throw new ApiError(0, "offline", OFFLINE);
  });
}

async function guestAllowed(): Promise<boolean> {
  const response = await fetch(apiUrl("/api/config"));
  if (!response.ok) throw await problemOf(response);
  const config = (await response.json()) as { auth: { guest: boolean; start?: boolean } };
  return config.auth.guest && !config.auth.start;
}

async function refreshNow(stale: string | null): Promise<string | null> {
  if (token !== null && token !== stale) return token; // Another tab was quicker while this one waited.
  const refreshed = await post("/api/auth/refresh");
  if (refreshed.ok) return adoptAndTell((await refreshed.json()) as Grant);
  if (refreshed.status !== 401 && refreshed.status !== 403) throw await problemOf(refreshed);
  if (!(await guestAllowed())) return adoptAndTell(null);
  const guest = await post("/api/auth/guest");
  if (!guest.ok) throw await problemOf(guest);
  return adoptAndTell((await guest.json()) as Grant);
}

/** Plain http on a school's network has no Web Locks; tabs then refresh each for itself. */
async function locked(work: () => Promise<string | null>): Promise<string | null> {
  const locks = (navigator as { locks?: LockManager }).locks;
  return locks ? locks.request(REFRESH_LOCK, work) : work();
}

/** A new access token in place of `stale`: refreshed, or a guest's where guests are welcome, or null. */
export function renewToken(stale: string | null): Promise<string | null> {
  inFlight ??= locked(() => refreshNow(stale)).finally(() => {
    inFlight = null;
  });
  return inFlight;
}

/** The token to send now; opens the session at the first call. */
export async function currentToken(): Promise<string | null> {
  if (token !== null || session.state === "closed") return token;
  return renewToken(null);
}

/** A session with an invitation or the owner's code. */
export async function startAsGuest(code?: string): Promise<void> {
  const response = await post("/api/auth/guest", code ? { code } : {});
  if (!response.ok) throw await problemOf(response);
  adoptAndTell((await response.json()) as Grant);
}

export async function endSession(): Promise<void> {
  await post("/api/auth/logout");
  adoptAndTell(null);
}
