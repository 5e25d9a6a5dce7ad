// The list of one's discussions, as it is fetched and changed.
import { infiniteQueryOptions } from "@tanstack/react-query";
import { api } from "@/lib/api";
import type { Discussion } from "@/protocol/types";

/** Where the sought words stand. */
export interface Snippet {
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

/** Newest activity first, a page at a time. */
export const discussionsQuery = (words: string) =>
  infiniteQueryOptions({
    queryKey: ["discussions", words],
    initialPageParam: null as string | null,
    getNextPageParam: (page: Page) => page.next_cursor,
    queryFn: ({ pageParam, signal }) => {
      const asked = new URLSearchParams({ limit: String(AT_ONCE) });
      if (words !== "") asked.set("q", words);
      if (pageParam !== null) asked.set("cursor", pageParam);
      return api.get<Page>(`/api/discussions?${asked.toString()}`, signal);
    },
  });

export function renameDiscussion(id: string, title: string): Promise<Discussion> {
  return api.patch<Discussion>(`/api/discussions/${id}`, { title });
}

export function deleteDiscussion(id: string): Promise<undefined> {
  return api.delete(`/api/discussions/${id}`);
}
