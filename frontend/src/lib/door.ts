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

/** Asked for while the page's code is still on its way. */
let early: { id: string; ticket: Promise<Ticket | null> } | null = null;

/** Asks for the ticket that the page will need first. */
export function askForTicket(id: string): void {
  // What went wrong is told to whoever asks again.
  early = { id, ticket: ticketTo(id).catch(() => null) };
}

async function ticketTo(id: string): Promise<Ticket> {
  return { ...(await api.post<{ ticket: string }>(`/api/discussions/${id}/ticket`)), discussion_id: id };
}

export function hostDoor(id: string): Door {
  const path = `/api/discussions/${id}`;
  return {
    ticket: async () => {
      const first = early?.id === id ? early.ticket : null;
      early = null;
      return (await first) ?? ticketTo(id);
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
