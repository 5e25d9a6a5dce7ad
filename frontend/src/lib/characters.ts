// Who may be invited: the built-in characters and one's own.
import { queryOptions } from "@tanstack/react-query";
import { api } from "./api";

export interface Character {
  id: string;
  /** The pack it belongs to; `own` for one's own. */
  pack: string;
  name: string;
  tagline: string;
  bio: string;
  born: string | null;
  died: string | null;
  living: boolean;
  key_ideas: string[];
  ideas?: { name: string; text: string }[];
  works: { title: string; year: string | number | null }[];
  voice: string;
  dissent?: string[];
  cautions?: string[];
  quotation?: { text: string; source: string } | null;
  color: string;
  color_dark?: string | null;
  emblem?: string | null;
  avatar_url: string | null;
  portrait?: Portrait | null;
  /** It has a picture of its own. */
  picture?: boolean;
  builtin: boolean;
}

/** A photograph, and whom to thank for it. */
export interface Portrait {
  url: string;
  author: string;
  licence: string;
  source_url: string;
}

interface Page {
  items: Character[];
  next_cursor: string | null;
}

export const OWN_PACK = "own";

/** All of them, pack by pack as the server orders them. */
export const charactersQuery = queryOptions({
  queryKey: ["characters"],
  staleTime: 60_000,
  queryFn: async ({ signal }) => {
    const all: Character[] = [];
    let cursor: string | null = null;
    do {
      const after: string = cursor === null ? "" : `&cursor=${encodeURIComponent(cursor)}`;
      const page: Page = await api.get<Page>(`/api/characters?limit=100${after}`, signal);
      all.push(...page.items);
      cursor = page.next_cursor;
    } while (cursor !== null);
    return all;
  },
});

/** "1859–1952", "born 1943", "c. 470 BC – 399 BC", or nothing for a role. */
export function datesOf({ born, died }: Pick<Character, "born" | "died">): string {
  if (!born && !died) return "";
  if (!died) return `born ${born ?? ""}`;
  if (!born) return `died ${died}`;
  const dash = /^\d+$/.test(born) && /^\d+$/.test(died) ? "–" : " – ";
  return born + dash + died;
}
