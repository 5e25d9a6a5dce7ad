// Who is using the page. The access token lives in memory only. What renews it is a cookie that the page cannot read, or
// Supabase's own session, whose library is loaded only where it is needed.
import { ask } from "./ask";
import { guestsWelcome, readConfig, type Config } from "./config";
import { isApart } from "./env";
import { forgetKept } from "./kept";
import { ApiError } from "./problem";
import { renewalAnswered, renewalKey } from "./renewal";

export interface Preferences {
  theme?: string;
  type_size?: string;
  /** What one discusses in, as in `lang`. */
  language?: string;
  /** Length of turns and age of listeners in a new discussion. */
  length?: string;
  level?: string;
  /** Agrees to be named in what admins take away. */
  share_with_research?: boolean;
}

export interface User {
  id: string;
  kind: "guest" | "account";
  name: string;
  email: string | null;
  email_confirmed?: boolean;
  has_password?: boolean;
  role?: "user" | "owner" | "admin";
  preferences?: Preferences;
}

export interface Grant {
  access_token: string;
  expires_in: number;
  user: User;
}

/** `ended`: somebody was signed in here, and is not any more. */
export type Session =
  { state: "opening" } | { state: "open"; user: User } | { state: "closed"; ended?: boolean };

/** Another service that vouches for people. */
export interface Vouching {
  /** A token in place of `stale`; null: nobody is signed in there. */
  renew: (stale: string | null) => Promise<Grant | null>;
  end: (everywhere: boolean) => Promise<void>;
}

/** A token that ends in a moment is renewed first. */
const MOMENT_MS = 2_000;
const REFRESH_LOCK = "chatlab.refresh";
/** The server's cookie for the page: that there is a login, and of what kind. It opens nothing. */
const MARKER = /(?:^|; )chatlab_login=(guest|account)/;

let session: Session = { state: "opening" };
let token: string | null = null;
/** When the token ends, by this device's clock. */
let endsAt = Infinity;
let inFlight: Promise<string | null> | null = null;
let vouching: Vouching | null = null;
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

function become(next: Session): void {
  session = next;
  listeners.forEach((listener) => {
    listener();
  });
}

function adopt(grant: Grant | null, ended = wasAccount()): void {
  token = grant?.access_token ?? null;
  endsAt = grant ? Date.now() + grant.expires_in * 1_000 : Infinity;
  become(grant ? { state: "open", user: grant.user } : { state: "closed", ...(ended && { ended }) });
}

export function adoptAndTell(grant: Grant | null, ended = wasAccount()): string | null {
  adopt(grant, ended);
  channel?.postMessage(grant);
  return token;
}

/** The user has changed: another name, other preferences. */
export function adoptUser(user: User): void {
  if (session.state === "open") become({ state: "open", user });
}

function marked(): string | null {
  return MARKER.exec(document.cookie)?.[1] ?? null;
}

function wasAccount(): boolean {
  return session.state === "open" ? session.user.kind === "account" : marked() === "account";
}

async function grantOf(path: string, body?: unknown, key?: string): Promise<Grant> {
  return (await (await ask(path, body, key === undefined ? {} : { key })).json()) as Grant;
}

/** Signs in by whatever answers with a login. */
export async function enter(path: string, body: unknown): Promise<void> {
  // First whatever is on its way, so that the two answers cannot overtake each other.
  await inFlight?.catch(() => null);
  adoptAndTell(await grantOf(path, body));
}

function refused(error: unknown): null {
  if (error instanceof ApiError && [401, 403].includes(error.status)) return null;
  throw error;
}

/** By the cookie. Without a sign of one nothing is asked; for a page hosted apart there is no sign. */
async function byCookie(): Promise<Grant | null> {
  if (marked() === null && !isApart()) return null;
  // Only where tabs cannot take turns does the server have to wait for others.
  const path = `/api/auth/refresh${locks() ? "?alone=true" : ""}`;
  const grant = await grantOf(path, {}, renewalKey()).catch(refused);
  renewalAnswered();
  return grant;
}

async function byVouching(config: Config, stale: string | null): Promise<Grant | null> {
  if (!config.auth.supabase) return null;
  const { supabase } = await import("./supabase");
  const service = await supabase(config.auth.supabase);
  const grant = await service.renew(stale);
  vouching = grant ? service : null;
  return grant;
}

async function refreshNow(stale: string | null): Promise<string | null> {
  if (token !== null && token !== stale) return token; // Another tab was quicker while this one waited.
  const renewed = vouching === null ? await byCookie() : null;
  if (renewed) return adoptAndTell(renewed);
  const config = await readConfig();
  const vouched = await byVouching(config, stale);
  if (vouched) return adoptAndTell(vouched);
  // Nobody who had an account becomes a guest without knowing.
  if (wasAccount() || !guestsWelcome(config)) return adoptAndTell(null);
  return adoptAndTell(await grantOf("/api/auth/guest"));
}

/** Whoever is signed in already, without making anybody a guest: for the pages on which one signs in. */
export async function peekSession(): Promise<void> {
  const config = await readConfig();
  await locked(async () => {
    const vouched = await byVouching(config, null);
    if (vouched) return adoptAndTell(vouched);
    if (session.state !== "opening") return token;
    const renewed = await byCookie();
    if (renewed) return adoptAndTell(renewed);
    return wasAccount() || !guestsWelcome(config) ? adoptAndTell(null) : null;
  });
}

/** By which tabs take turns. Plain http on a school's network has none; tabs then refresh each for itself. */
function locks(): LockManager | undefined {
  return (navigator as { locks?: LockManager }).locks;
}

async function locked(work: () => Promise<string | null>): Promise<string | null> {
  return locks()?.request(REFRESH_LOCK, work) ?? work();
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
  if (session.state === "closed" || (token !== null && Date.now() < endsAt - MOMENT_MS)) return token;
  return renewToken(token);
}

/** Begins to open the session of whoever was here before; false: nobody was, and nobody is made a guest by this. */
export function openKnownSession(): boolean {
  if (marked() === null) return false;
  // Whoever needs the token is told what went wrong.
  void currentToken().catch(() => null);
  return true;
}

/** A session without an account, with the owner's code where one is needed. */
export function startAsGuest(code?: string): Promise<void> {
  return enter("/api/auth/guest", code ? { code } : {});
}

/** Signs out here or everywhere. What this tab has kept goes too: somebody else may use it next. */
export async function endSession(everywhere = false): Promise<void> {
  const bearer = (await currentToken()) ?? undefined;
  await vouching?.end(everywhere);
  vouching = null;
  await ask("/api/auth/logout", { everywhere }, { bearer });
  forget();
}

/** The user is gone from the server. */
export async function endDeleted(): Promise<void> {
  await vouching?.end(false);
  vouching = null;
  await ask("/api/auth/logout");
  forget();
}

function forget(): void {
  forgetKept();
  adoptAndTell(null, false);
}
