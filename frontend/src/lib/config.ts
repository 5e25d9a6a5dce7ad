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
    providers: string[];
    supabase: { url: string; key: string } | null;
    start?: boolean;
  };
  limits: Record<string, number>;
  packs?: { id: string; name: string; description: string }[];
  topics?: { text: string; cast: string[] }[];
  emblems?: string[];
  palette?: { light: string; dark: string }[];
}

/** Needs no identity, so it does not go through `api`. */
export const configQuery = queryOptions({
  queryKey: ["config"],
  staleTime: Infinity,
  queryFn: async ({ signal }): Promise<Config> => {
    const response = await fetch(apiUrl("/api/config"), { signal }).catch(() => {
      throw new ApiError(0, "offline", OFFLINE);
    });
    if (!response.ok) throw await problemOf(response);
    return (await response.json()) as Config;
  },
});
