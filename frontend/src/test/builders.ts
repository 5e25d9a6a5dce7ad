// Things of the protocol as tests need them: everything filled in, one detail changed.
import type { Character } from "@/lib/characters";
import type { Discussion, Message, Participant, ServerEvent, Turn } from "@/protocol/types";

const TIME = "2026-11-23T08:00:00.000Z";

export function participant(id: string, name: string, changes: Partial<Participant> = {}): Participant {
  return {
    character_id: id,
    name,
    color: "#2f5d8a",
    color_dark: "#8db8e0",
    avatar_url: null,
    position: 0,
    muted: false,
    ...changes,
  };
}

export function discussion(changes: Partial<Discussion> = {}): Discussion {
  return {
    id: "d1",
    topic: "What is play for?",
    title: "What is play for?",
    participants: [
      participant("john-dewey", "John Dewey"),
      participant("maria-montessori", "Maria Montessori", { position: 1 }),
    ],
    turn_order: "balanced",
    next: "john-dewey",
    heard: [],
    auto: null,
    message_count: 0,
    last_seq: 1,
    created_at: TIME,
    updated_at: TIME,
    ...changes,
  };
}

export function message(changes: Partial<Message> = {}): Message {
  return {
    id: "m1",
    seq: 1,
    position: 1,
    author: { kind: "character", id: "john-dewey", name: "John Dewey" },
    text: "Play is inquiry.",
    status: "complete",
    finish: null,
    version: 1,
    created_at: TIME,
    usage: null,
    error: null,
    ...changes,
  };
}

export function turn(changes: Partial<Turn> = {}): Turn {
  return {
    id: "t1",
    character_id: "maria-montessori",
    name: "Maria Montessori",
    version: 1,
    position: 2,
    text: "",
    state: "thinking",
    started_at: null,
    ...changes,
  };
}

type Snapshot = Extract<ServerEvent, { type: "snapshot" }>;

export function snapshot(changes: Partial<Snapshot> = {}): Snapshot {
  return {
    type: "snapshot",
    seq: 5,
    role: "host",
    discussion: discussion(),
    messages: [],
    more_before: null,
    after: null,
    turn: null,
    ...changes,
  };
}

export function character(id: string, name: string, changes: Partial<Character> = {}): Character {
  return {
    id,
    pack: "educational-theorists",
    name,
    tagline: `What ${name} thought`,
    bio: "",
    born: "1859",
    died: "1952",
    living: false,
    key_ideas: [],
    ideas: [],
    works: [],
    voice: "",
    dissent: [],
    cautions: [],
    color: "#2f5d8a",
    color_dark: "#8db8e0",
    emblem: null,
    avatar_url: null,
    portrait: null,
    builtin: true,
    ...changes,
  };
}
