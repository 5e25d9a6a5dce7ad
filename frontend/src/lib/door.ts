// How one comes to a discussion's live events: as its host, or with a join code.
import type { Command, Message, ServerEvent } from "@/protocol/types";
import { api } from "./api";
import { track } from "./track";

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
  /** Hears of each command as it is given. */
  note?: (command: Command) => void;
}

export function hostDoor(id: string): Door {
  const path = `/api/discussions/${id}`;
  return {
    ticket: async () => {
      const { ticket } = await api.post<{ ticket: string }>(`${path}/ticket`);
      return { ticket, discussion_id: id };
    },
    older: async (before, limit) => {
      const query = `before=${String(before)}&limit=${String(limit)}`;
      return (await api.get<{ items: Message[] }>(`${path}/messages?${query}`)).items;
    },
    command: (frame) => api.post<ServerEvent>(`${path}/commands`, JSON.parse(frame)),
    note: (command) => {
      const written = "text" in command && typeof command.text === "string" ? command.text : null;
      track("command", {
        discussion_id: id,
        command: command.type,
        ...(written !== null && { characters: written.length }),
      });
    },
  };
}
