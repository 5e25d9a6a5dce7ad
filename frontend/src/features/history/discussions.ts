// The list of one's discussions, as it is fetched and changed.
import { infiniteQueryOptions } from "@tanstack/react-query";
import { api } from "@/lib/api";
import type { Discussion } from "@/protocol/types";

/** Where the sought words stand. */
export interface Snippet {
  /** The message; null: the title or the topic. */
  message_id?: string | null;
  before: string;
  match: string;
  after: string;
}

export type Listed = Discussion & { snippet?: Snippet | null };

interface Page {
  items: Listed[];
  next_cursor: string | null;
}

const AT_ONCE = 30;

/** Which of them; empty: all that are not archived. */
export interface Filter {
  words: string;
  /** Who takes part; with words: whose words they are. */
  character: string;
  /** Days, the last one included. */
  from: string;
  to: string;
  archived: "" | "alone" | "too";
}

export const isFiltered = ({ character, from, to, archived }: Filter): boolean =>
  character !== "" || from !== "" || to !== "" || archived !== "";

/** The moment at which a day begins here, so many days later. */
function dayBegins(day: string, later = 0): string {
  const begins = new Date(`${day}T00:00:00`);
  begins.setDate(begins.getDate() + later);
  return Number.isNaN(begins.getTime()) ? "" : begins.toISOString();
}

function asked({ words, character, from, to, archived }: Filter): URLSearchParams {
  const all = {
    q: words,
    character,
    from: from && dayBegins(from),
    to: to && dayBegins(to, 1),
    archived: { "": "", alone: "true", too: "all" }[archived],
  };
  return new URLSearchParams(Object.entries(all).filter(([, value]) => value !== ""));
}

/** Newest activity first, a page at a time. */
export const discussionsQuery = (filter: Filter) =>
  infiniteQueryOptions({
    queryKey: ["discussions", filter],
    initialPageParam: null as string | null,
    getNextPageParam: (page: Page) => page.next_cursor,
    queryFn: ({ pageParam, signal }) => {
      const params = asked(filter);
      params.set("limit", String(AT_ONCE));
      if (pageParam !== null) params.set("cursor", pageParam);
      return api.get<Page>(`/api/discussions?${params.toString()}`, signal);
    },
  });

export function renameDiscussion(id: string, title: string): Promise<Discussion> {
  return api.patch<Discussion>(`/api/discussions/${id}`, { title });
}

export function archiveDiscussion(id: string, archived: boolean): Promise<Discussion> {
  return api.patch<Discussion>(`/api/discussions/${id}`, { archived });
}

/** The same cast and settings, nothing said yet. */
export function duplicateDiscussion(id: string, topic: string): Promise<Discussion> {
  return api.post<Discussion>(`/api/discussions/${id}/duplicate`, { topic });
}

export function deleteDiscussion(id: string): Promise<undefined> {
  return api.delete(`/api/discussions/${id}`);
}
