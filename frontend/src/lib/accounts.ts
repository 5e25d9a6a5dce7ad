// Opening an account, signing in, passwords: by ChatLab's own accounts or by Supabase, whichever the server has.
import { api } from "./api";
import { ask } from "./ask";
import { registrationOf, type Config } from "./config";
import { apiUrl } from "./env";
import { ApiError } from "./problem";
import { adoptAndTell, adoptUser, enter, type User } from "./session";
import type { OutsideProvider, Supabase } from "./supabase";

export interface Newcomer {
  email: string;
  password: string;
  name: string;
  invitation: string | null;
}

/** What the sign-in page can offer. */
export interface Offer {
  providers: OutsideProvider[];
  register: "open" | "invite" | "closed";
  /** Whether one signs in with an address and a password. */
  passwords: boolean;
  /** Whether a forgotten password's link comes by mail. */
  mail: boolean;
}

async function outside(config: Config): Promise<Supabase | null> {
  if (config.auth.supabase === null) return null;
  const { supabase } = await import("./supabase");
  return supabase(config.auth.supabase);
}

export async function offerOf(config: Config): Promise<Offer> {
  const service = await outside(config);
  if (service) {
    const { providers, register, passwords } = await service.offer();
    return { providers, register: register ? "open" : "closed", passwords, mail: true };
  }
  const known = (name: string): name is OutsideProvider => name === "google" || name === "microsoft";
  return {
    providers: config.auth.providers.filter(known),
    register: registrationOf(config),
    passwords: true,
    mail: config.auth.mail === true,
  };
}

export async function signIn(config: Config, email: string, password: string): Promise<void> {
  const service = await outside(config);
  if (service) adoptAndTell(await service.signIn(email, password));
  else await enter("/api/auth/login", { email, password });
}

/** A name may be left out: it is the address's beginning then, and can be changed. False: a letter's link has to be opened. */
export async function register(config: Config, newcomer: Newcomer): Promise<boolean> {
  const { email, password, invitation } = newcomer;
  const name = newcomer.name.trim() || (email.trim().split("@")[0] ?? "");
  const service = await outside(config);
  if (service) {
    const grant = await service.register(email, password, name);
    if (grant) adoptAndTell(grant);
    return grant !== null;
  }
  await enter("/api/auth/register", { email, password, name, ...(invitation && { invitation }) });
  return true;
}

/** A letter with a link is sent, if there is such an account; nobody is told whether. */
export async function sendReset(config: Config, email: string): Promise<void> {
  const service = await outside(config);
  if (service) await service.sendReset(email);
  else await ask("/api/auth/reset", { email });
}

/** `secret`: a link's. With Supabase the link itself has signed in. */
export async function setPassword(config: Config, secret: string, password: string): Promise<void> {
  const service = await outside(config);
  if (service) adoptAndTell(await service.changePassword(password));
  else await enter("/api/auth/reset/confirm", { token: secret, password });
}

/** All other logins end. */
export async function changePassword(config: Config, old: string, next: string): Promise<void> {
  const service = await outside(config);
  if (service) adoptAndTell(await service.changePassword(next));
  else await api.change("/api/me/password", { old, new: next });
}

/** Without a secret a new letter is sent. */
export async function confirmAddress(secret: string | null): Promise<void> {
  const user = await api.post<User | Record<string, never>>(
    "/api/auth/confirm",
    secret === null ? {} : { token: secret },
  );
  if ("id" in user) adoptUser(user as User);
}

/** Leaves the page for Google or Microsoft, and comes back to `path`. */
export async function goTo(
  config: Config,
  provider: OutsideProvider,
  path: string,
  invitation: string | null,
): Promise<void> {
  const service = await outside(config);
  if (service) return service.goTo(provider, path);
  const query = new URLSearchParams({ to: path, ...(invitation && { invitation }) });
  window.location.assign(apiUrl(`/api/auth/${provider}?${query.toString()}`));
}

/** What is wrong with one field, in the server's words. */
export function fieldProblem(error: unknown, field: string): string | undefined {
  if (!(error instanceof ApiError)) return undefined;
  return error.fields.find((one) => one.field === field)?.message;
}
