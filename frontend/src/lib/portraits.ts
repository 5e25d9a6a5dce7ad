// The photographs that this server has fetched. They lie over every roundel by the character's id, also in discussions
// that were begun before the photograph was there.
import { queryOptions } from "@tanstack/react-query";
import { useSyncExternalStore } from "react";
import type { Portrait } from "./characters";
import { apiUrl } from "./env";
import { ApiError, OFFLINE, problemOf } from "./problem";

export interface Portraits {
  state: "idle" | "running";
  /** How many photographs the cast names. */
  available: number;
  fetched: number;
  failed: { character_id: string; reason: string }[];
  items?: Record<string, Portrait>;
}

let items: Record<string, Portrait> = {};
const listeners = new Set<() => void>();

export function adoptPortraits(portraits: Portraits): void {
  items = portraits.items ?? {};
  listeners.forEach((listener) => {
    listener();
  });
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Needs no identity, so it does not go through `api`: observers see the photographs too. */
async function fetchPortraits(signal?: AbortSignal): Promise<Portraits> {
  const response = await fetch(apiUrl("/api/portraits"), { signal: signal ?? null }).catch(() => {
    throw new ApiError(0, "offline", OFFLINE);
  });
  if (!response.ok) throw await problemOf(response);
  const portraits = (await response.json()) as Portraits;
  adoptPortraits(portraits);
  return portraits;
}

export const portraitsQuery = queryOptions({
  queryKey: ["portraits"],
  retryOnMount: false,
  queryFn: ({ signal }) => fetchPortraits(signal),
});

/** Once, when the page starts. Without an answer the drawn emblems stay. */
export function loadPortraits(): void {
  fetchPortraits().catch(() => undefined);
}

/** The photograph of this character, if there is one. */
export function usePortrait(characterId: string | null | undefined): Portrait | null {
  return useSyncExternalStore(subscribe, () => (characterId ? (items[characterId] ?? null) : null));
}
