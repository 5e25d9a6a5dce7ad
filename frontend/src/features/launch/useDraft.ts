// The discussion being prepared: a cast in speaking order and a topic, kept over reloads.
import { useCallback, useMemo } from "react";
import type { Character } from "@/lib/characters";
import type { Config } from "@/lib/config";
import { DRAFT_KEY, MAX_CAST, type Draft } from "@/lib/draft";
import { useKept } from "@/lib/useKept";
import { track } from "@/lib/track";

/** At the first visit an example is ready, so that one may launch at once. */
export function firstDraft(config: Config): Draft {
  const example = config.topics?.[0];
  return {
    topic: example?.text ?? "",
    cast: example?.cast ?? [],
    turnOrder: "balanced",
    perspectives: false,
  };
}

export interface Drafting {
  draft: Draft;
  /** Those at the table, in speaking order. */
  seated: Character[];
  full: boolean;
  change: (part: Partial<Draft>) => void;
  /** Comes to the table, or leaves it; false when it is full. */
  toggle: (id: string) => boolean;
}

export function useDraft(config: Config, characters: Character[]): Drafting {
  const [draft, change] = useKept<Draft>(DRAFT_KEY, firstDraft(config));
  const seated = useMemo(() => {
    const byId = new Map(characters.map((character) => [character.id, character]));
    // One's own may have been deleted since.
    return draft.cast.flatMap((id) => byId.get(id) ?? []);
  }, [draft.cast, characters]);
  const full = seated.length >= MAX_CAST;
  const toggle = useCallback(
    (id: string) => {
      const cast = seated.map((character) => character.id);
      const leaves = cast.includes(id);
      if (!leaves && full) return false;
      change({ cast: leaves ? cast.filter((one) => one !== id) : [...cast, id] });
      track(leaves ? "character_removed" : "character_chosen", { character_id: id });
      return true;
    },
    [seated, full, change],
  );
  return { draft, seated, full, change, toggle };
}
