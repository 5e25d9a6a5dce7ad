// What the host's page asks and tells the server about one discussion besides the live events.
import { queryOptions } from "@tanstack/react-query";
import { api } from "@/lib/api";
import type { Discussion, Message, MessageStatus, Usage } from "@/protocol/types";

export interface Version {
  version: number;
  current: boolean;
  text: string;
  status: MessageStatus;
  finish: string | null;
  usage: Usage | null;
  error: string | null;
  created_at: string;
  kind: "said" | "regenerated" | "continued" | "edited";
  by: string;
  reason: string | null;
  struck_at: string | null;
  /** Of a struck one: why it had been written; `reason` is why it was struck. */
  earlier_reason: string | null;
}

/** `seq`: of the message as it is shown; a change makes it another list. */
export const versionsQuery = (discussion: string, message: string, seq: number) =>
  queryOptions({
    queryKey: ["versions", discussion, message, seq],
    queryFn: async ({ signal }) => {
      const path = `/api/discussions/${discussion}/messages/${message}/versions?limit=100`;
      return (await api.get<{ items: Version[] }>(path, signal)).items;
    },
  });

export function editMessage(discussion: string, message: string, text: string, reason: string) {
  return api.patch<Message>(`/api/discussions/${discussion}/messages/${message}`, {
    text,
    ...(reason.trim() !== "" && { reason: reason.trim() }),
  });
}

export function forkAt(discussion: string, message: string) {
  return api.post<Discussion>(`/api/discussions/${discussion}/fork`, { at: message });
}

export type Settings = Partial<Pick<Discussion, "length" | "level" | "turn_order">>;

export interface WantedSeat {
  character_id: string;
  muted?: boolean;
}

export function changeDiscussion(
  discussion: string,
  change: Settings & { participants?: WantedSeat[] },
): Promise<Discussion> {
  return api.patch(`/api/discussions/${discussion}`, change);
}

export const discussionQuery = (id: string) =>
  queryOptions({
    queryKey: ["discussion", id],
    staleTime: 60_000,
    queryFn: ({ signal }) => api.get<Discussion>(`/api/discussions/${id}`, signal),
  });

/** What some turns cost. */
export interface Spent {
  turns: number;
  attempts: number;
  cost_usd: number;
  /** Requests whose price nobody knows; they are not in the sum. */
  unpriced_attempts: number;
}

/** Until the nearest limit is reached. Null: no limit. */
export interface Left {
  turns: number | null;
  usd: number | null;
}

export interface Usages {
  last_turn: Spent | null;
  discussion: Spent;
  today: Spent;
  left: Left;
  prices_as_of: string;
}

/** `turns`: how many were spoken; each one changes what was spent. */
export const usageQuery = (id: string, turns: string) =>
  queryOptions({
    queryKey: ["usage", id, turns],
    queryFn: ({ signal }) => api.get<Usages>(`/api/discussions/${id}/usage`, signal),
  });
