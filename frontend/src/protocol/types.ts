// What travels between server and page: the shapes of docs/protocol.md, as the page reads them.
import type { ClassCommand, ClassEvent, Room } from "./classroom";

export type MessageStatus = "streaming" | "complete" | "stopped" | "interrupted" | "failed" | "struck";
export type AuthorKind = "user" | "character" | "audience" | "notice";
export type Role = "host" | "observer";

export interface Author {
  kind: AuthorKind;
  id: string | null;
  name: string;
}

export interface Usage {
  provider: string;
  model: string;
  input_tokens: number;
  cache_read_tokens: number;
  cache_write_tokens: number;
  output_tokens: number;
  cost_usd: number | null;
}

export interface Message {
  id: string;
  /** The discussion's change counter when this message last changed. */
  seq: number;
  position: number;
  author: Author;
  text: string;
  status: MessageStatus;
  finish: string | null;
  version: number;
  created_at: string;
  usage: Usage | null;
  /** Plain words why a turn failed or was interrupted; told to hosts only. */
  error?: string | null;
  /** How many of the class wanted this question asked. */
  votes?: number | null;
}

/** Somebody who takes part, or did. */
export interface Figure {
  character_id: string;
  name: string;
  color: string;
  color_dark?: string | null;
  tagline?: string | null;
  living?: boolean;
  avatar_url: string | null;
}

export interface Participant extends Figure {
  position: number;
  muted: boolean;
}

export interface Discussion {
  id: string;
  topic: string;
  title: string;
  participants: Participant[];
  /** Who said something and left the table. */
  former?: Figure[];
  turn_order: "balanced" | "round_robin";
  /** Who would speak next. */
  next: string | null;
  /** Who has already spoken this round. */
  heard?: string[];
  auto: { turns_left: number; until?: string | null } | null;
  /** How long turns are, and for what age: what the host wishes for every turn to come. */
  length?: "short" | "normal" | "long";
  level?: "10" | "14" | "18" | "adult";
  archived?: boolean;
  /** Where its beginning was taken from. */
  forked_from?: { discussion_id: string; message_id: string } | null;
  /** The demo voices speak, whatever is set up. */
  rehearsal?: boolean;
  message_count: number;
  last_seq: number;
  created_at: string;
  updated_at: string;
}

/** The running turn; `id` is the id of the message to come. */
export interface Turn {
  id: string;
  character_id: string;
  name: string;
  version: number;
  position: number;
  text: string;
  state: "thinking" | "speaking";
  started_at: string | null;
}

/** How far back the words themselves are sent to a model: what stands before is sent in short. */
export interface Recap {
  version: number;
  /** The messages up to this position are covered. */
  position: number;
  created_at: string;
}

export interface Notice {
  code: string;
  text: string;
  turn?: string | null;
  retry_after_ms?: number | null;
}

export type ServerEvent =
  | ({
      type: "snapshot";
      seq: number;
      role: Role;
      discussion: Discussion;
      messages: Message[];
      more_before: number | null;
      /** null: whole, replaces everything; a number: only what changed since, merged by id. */
      after?: number | null;
      turn: (Pick<Turn, "id" | "character_id" | "name" | "version" | "text"> & Partial<Turn>) | null;
      /** Hosts only. */
      recap?: Recap | null;
    } & Partial<Room>)
  | { type: "discussion"; seq: number; discussion: Discussion }
  | { type: "message"; seq: number; message: Message }
  | {
      type: "turn_started";
      seq: number;
      turn: Pick<Turn, "id" | "character_id" | "name" | "version"> & Partial<Turn>;
    }
  | { type: "delta"; turn: string; from: number; text: string }
  | { type: "turn_ended"; seq: number; message: Message }
  | { type: "presence"; observers: number; hosts: number }
  | ({ type: "notice" } & Notice)
  | { type: "recap"; recap: Recap | null }
  | { type: "ack"; id: string; seq?: number }
  | { type: "error"; id?: string; code: string; message: string }
  | { type: "pong"; id?: string }
  /** A stream's last word: the code with which a socket would have been closed. */
  | { type: "closed"; code: number }
  | ClassEvent;

export type Command =
  | { type: "next"; character_id?: string }
  | { type: "say"; text: string }
  | { type: "stop"; turn?: string }
  | { type: "auto"; turns?: number; until?: string }
  | { type: "regenerate"; message_id: string }
  | { type: "continue"; message_id: string }
  | { type: "mute"; character_id: string; muted: boolean }
  | { type: "strike"; message_id: string; reason?: string }
  | ClassCommand;
