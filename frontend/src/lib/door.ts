// How one comes to a discussion's live events: as its host, or with a join code.
import type { Message, ServerEvent } from "@/protocol/types";
import { api } from "./api";

export interface Ticket {
  ticket: string;
  discussion_id: string;
}

export interface Door {
  ticket: () => Promise<Ticket>;
  /** Messages that stand before this position. */
  older: (before: number, limit: number) => Promise<Message[]>;
  /** Takes a command where the connection itself cannot; without it only WebSockets are used. */
  command?: (frame: string) => Promise<ServerEvent>;
}

export function hostDoor(id: string): Door {
  const path = `/api/discussions/${id}`;
  return {
    ticket: async () => ({ ...(await api.post<{ ticket: string }>(`${path}/ticket`)), discussion_id: id }),
    older: async (before, limit) => {
      const query = `before=${String(before)}&limit=${String(limit)}`;
      return (await api.get<{ items: Message[] }>(`${path}/messages?${query}`)).items;
    },
    command: (frame) => api.post<ServerEvent>(`${path}/commands`, JSON.parse(frame)),
  };
}
