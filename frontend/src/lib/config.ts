// What the server says about itself: whether the voices are the demo ones, who may start, the limits, the examples.
import { apiUrl, supabaseHere } from "./env";
import { ApiError, OFFLINE, problemOf } from "./problem";

export interface Config {
  demo: boolean;
  version: string;
  provider?: string;
  auth: {
    mode: "own" | "supabase";
    guest: boolean;
    register: boolean | string;
    registration?: "open" | "invite" | "closed";
    /** Whether letters can be sent. */
    mail?: boolean;
    providers: string[];
    supabase: { url: string; key: string | null } | null;
    start?: boolean;
  };
  limits: Record<string, number>;
  packs?: { id: string; name: string; description: string }[];
  topics?: { text: string; cast: string[] }[];
  emblems?: string[];
  palette?: { light: string; dark: string }[];
}

let asking: Promise<Config> | null = null;

/** Needs no identity. Whoever asks while the answer is on its way gets the same one. */
export function readConfig(): Promise<Config> {
  asking ??= fetchConfig().finally(() => {
    asking = null;
  });
  return asking;
}

async function fetchConfig(): Promise<Config> {
  const response = await fetch(apiUrl("/api/config")).catch(() => {
    throw new ApiError(0, "offline", OFFLINE);
  });
  if (!response.ok) throw await problemOf(response);
  const config = (await response.json()) as Config;
  const supabase = config.auth.supabase && (supabaseHere() ?? config.auth.supabase);
  return { ...config, auth: { ...config.auth, supabase: supabase ?? null } };
}

/** Whether anybody may begin without an account. */
export function guestsWelcome({ auth }: Config): boolean {
  return auth.guest && !auth.start;
}

/** Whether somebody who is not known may open an account, if need be with an invitation. */
export function registrationOf({ auth }: Config): "open" | "invite" | "closed" {
  return auth.registration ?? (auth.register === true ? "open" : "closed");
}
