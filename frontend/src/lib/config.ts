// What the server says about itself: whether the voices are the demo ones, who may start, the limits, the examples.
import { queryOptions } from "@tanstack/react-query";
import { apiUrl } from "./env";
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

/** Asked for once, by whoever needs it first; what failed is asked for again. Needs no identity. */
export function readConfig(): Promise<Config> {
  asking ??= fetchConfig().catch((error: unknown) => {
    asking = null;
    throw error;
  });
  return asking;
}

async function fetchConfig(): Promise<Config> {
  const response = await fetch(apiUrl("/api/config")).catch(() => {
    throw new ApiError(0, "offline", OFFLINE);
  });
  if (!response.ok) throw await problemOf(response);
  return (await response.json()) as Config;
}

export const configQuery = queryOptions({ queryKey: ["config"], staleTime: Infinity, queryFn: readConfig });

/** Whether anybody may begin without an account. */
export function guestsWelcome({ auth }: Config): boolean {
  return auth.guest && !auth.start;
}

/** Whether somebody who is not known may open an account, if need be with an invitation. */
export function registrationOf({ auth }: Config): "open" | "invite" | "closed" {
  return auth.registration ?? (auth.register === true ? "open" : "closed");
}
