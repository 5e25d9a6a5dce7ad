// Sign-in by Supabase Auth. Loaded only where the server says so; its tokens are shown to the server like any other.
import { AuthClient, isAuthApiError, isAuthRetryableFetchError, type AuthError } from "@supabase/auth-js";
import { ask } from "./ask";
import { apiUrl } from "./env";
import { ApiError, OFFLINE, problemOf } from "./problem";
import type { Grant, User, Vouching } from "./session";

export type OutsideProvider = "google" | "microsoft";

/** What a project offers, as its own settings say. */
interface Offer {
  external: Record<string, boolean>;
  disable_signup: boolean;
}

export interface Supabase extends Vouching {
  signIn: (email: string, password: string) => Promise<Grant | null>;
  /** Null: a letter was sent, and one is in only after opening its link. */
  register: (email: string, password: string, name: string) => Promise<Grant | null>;
  sendReset: (email: string) => Promise<void>;
  changePassword: (password: string) => Promise<Grant | null>;
  /** Leaves the page. */
  goTo: (provider: OutsideProvider, path: string) => Promise<void>;
  offer: () => Promise<{ providers: OutsideProvider[]; register: boolean; passwords: boolean }>;
}

interface Project {
  url: string;
  key: string | null;
}

let made: Promise<Supabase> | null = null;

/** The one client of this page; it has read the session, also out of an address that a link or a provider has led to. */
export function supabase(project: Project): Promise<Supabase> {
  made ??= make(project);
  return made;
}

/** Supabase's own words where they are meant for people, else ours. */
function thrown(error: AuthError): ApiError {
  if (isAuthRetryableFetchError(error)) return new ApiError(0, "offline", OFFLINE);
  if (error.code === "invalid_credentials")
    return new ApiError(401, "wrong_login", "The address or the password is not right.");
  if (isAuthApiError(error)) return new ApiError(error.status, error.code ?? "supabase", error.message);
  return new ApiError(400, error.code ?? "supabase", error.message);
}

/** What came, or why not, thrown. */
function checked<R extends { data: unknown; error: AuthError | null }>(result: R): R["data"] {
  if (result.error) throw thrown(result.error);
  return result.data;
}

function here(path: string): string {
  return new URL(path, window.location.origin).href;
}

async function make({ url, key }: Project): Promise<Supabase> {
  const service = `${url}/auth/v1`;
  const headers: Record<string, string> = key === null ? {} : { apikey: key };
  const client = new AuthClient({
    url: service,
    headers,
    storageKey: "chatlab.supabase",
    flowType: "pkce",
    detectSessionInUrl: true,
    // Tabs take turns: the session renews when it is asked to, one tab at a time.
    autoRefreshToken: false,
  });
  await client.initialize();
  const renew = async (stale: string | null) => {
    let session = checked(await client.getSession()).session;
    if (session !== null && session.access_token === stale) {
      const { data, error } = await client.refreshSession();
      if (error && isAuthRetryableFetchError(error)) throw thrown(error);
      session = data.session;
    }
    if (session === null) return null;
    const seconds = (session.expires_at ?? 0) - Date.now() / 1000;
    return grantFor(session.access_token, seconds, () => client.signOut({ scope: "local" }));
  };
  return {
    renew,
    end: async (everywhere) => {
      // The session here is gone whatever the service says.
      await client.signOut({ scope: everywhere ? "global" : "local" });
    },
    signIn: async (email, password) => {
      checked(await client.signInWithPassword({ email, password }));
      return renew(null);
    },
    register: async (email, password, name) => {
      const options = { data: { full_name: name }, emailRedirectTo: here("/sign-in") };
      const { session } = checked(await client.signUp({ email, password, options }));
      return session === null ? null : renew(null);
    },
    sendReset: async (email) => {
      checked(await client.resetPasswordForEmail(email, { redirectTo: here("/reset") }));
    },
    changePassword: async (password) => {
      checked(await client.updateUser({ password }));
      return renew(null);
    },
    goTo: async (provider, path) => {
      const outside = provider === "microsoft" ? "azure" : provider;
      const options = { redirectTo: here(path), ...(outside === "azure" && { scopes: "email" }) };
      checked(await client.signInWithOAuth({ provider: outside, options }));
    },
    offer: async () => {
      const response = await fetch(`${service}/settings`, { headers }).catch(() => {
        throw new ApiError(0, "offline", OFFLINE);
      });
      if (!response.ok) throw await problemOf(response);
      const { external, disable_signup } = (await response.json()) as Offer;
      const providers: OutsideProvider[] = [];
      if (external["google"]) providers.push("google");
      if (external["azure"]) providers.push("microsoft");
      return { providers, register: !disable_signup, passwords: external["email"] ?? true };
    },
  };
}

/**
 * A guest of this browser becomes who signs in, if they are new here; if not (409), the guest stays a guest, and nobody comes back
 * to them. After a failure that passes they are still there, to be asked for again.
 */
async function adoptGuest(token: string): Promise<void> {
  if (!document.cookie.includes("chatlab_login=guest")) return;
  try {
    await ask("/api/auth/adopt", {}, { bearer: token });
  } catch (error) {
    const status = error instanceof ApiError ? error.status : 0;
    // The token is no good, which the next answer says too.
    if (status === 401) return;
    if (status !== 409) throw error;
  }
  await ask("/api/auth/logout");
}

/** Whom the server takes the token for. */
async function grantFor(token: string, seconds: number, end: () => Promise<unknown>): Promise<Grant | null> {
  await adoptGuest(token);
  const response = await fetch(apiUrl("/api/me"), { headers: { Authorization: `Bearer ${token}` } }).catch(
    () => {
      throw new ApiError(0, "offline", OFFLINE);
    },
  );
  if (response.status === 401) {
    await end();
    return null;
  }
  if (!response.ok) throw await problemOf(response);
  return { access_token: token, expires_in: seconds, user: (await response.json()) as User };
}
