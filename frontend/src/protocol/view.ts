// The view of one discussion, and how an event changes it. Pure: the same events give everyone the same view.
import { applyToRoom, roomOf, type Room } from "./classroom";
import type { Discussion, Figure, Message, Notice, Recap, Role, ServerEvent, Turn } from "./types";

export interface View {
  seq: number;
  role: Role;
  discussion: Discussion;
  /** In order of `position`. During a regeneration the old version is still among them; `entries` hides it. */
  messages: readonly Message[];
  moreBefore: number | null;
  turn: Turn | null;
  presence: { observers: number; hosts: number } | null;
  /** The last word of the server about the running turn, such as a wait. */
  notice: Notice | null;
  /** What the class does and the stage shows; null where the server does not tell. */
  room: Room | null;
  /** What the characters remember in short; null where they have all the words, and for observers. */
  recap: Recap | null;
  /** Something is missing: come back with `after`. A snapshot heals it. */
  lost: boolean;
}

type Snapshot = Extract<ServerEvent, { type: "snapshot" }>;

/** Before the first snapshot there is no view, and every other event waits for it. */
export function applyEvent(view: View | null, event: ServerEvent): View | null {
  if (event.type === "snapshot") return applySnapshot(view, event);
  if (view === null) return null;
  switch (event.type) {
    case "discussion":
      return event.seq < view.seq ? view : { ...view, seq: event.seq, discussion: event.discussion };
    case "message":
      return { ...view, seq: Math.max(view.seq, event.seq), messages: put(view.messages, event.message) };
    case "turn_started":
      return startTurn(view, event);
    case "delta":
      return appendDelta(view, event);
    case "turn_ended":
      return endTurn(view, event);
    case "presence":
      return { ...view, presence: { observers: event.observers, hosts: event.hosts } };
    case "notice":
      return { ...view, notice: noticeOf(event) };
    case "recap":
      return { ...view, recap: event.recap };
    case "class":
    case "stage":
    case "question":
    case "votes":
    case "reaction":
    case "prediction":
      return view.room === null ? view : { ...view, room: applyToRoom(view.room, event) };
    default:
      return view;
  }
}

function applySnapshot(view: View | null, event: Snapshot): View {
  const partial = view !== null && typeof event.after === "number";
  return {
    seq: event.seq,
    role: event.role,
    discussion: event.discussion,
    messages: partial ? event.messages.reduce(put, view.messages) : [...event.messages].sort(byPosition),
    moreBefore: partial ? view.moreBefore : event.more_before,
    turn: event.turn && withDefaults(event.turn, event.messages),
    presence: view?.presence ?? null,
    notice: view?.notice && view.notice.turn === event.turn?.id ? view.notice : null,
    room: roomOf(event),
    recap: event.recap ?? null,
    lost: false,
  };
}

function startTurn(view: View, event: Extract<ServerEvent, { type: "turn_started" }>): View {
  if (event.seq <= view.seq && view.turn?.id === event.turn.id) return view;
  const turn = withDefaults({ ...event.turn, text: "" }, view.messages);
  return { ...view, seq: Math.max(view.seq, event.seq), turn, notice: null };
}

/** What is there already is skipped; a hole means something was lost. */
function appendDelta(view: View, event: Extract<ServerEvent, { type: "delta" }>): View {
  const turn = view.turn;
  if (turn?.id !== event.turn) {
    const over = view.messages.some((message) => message.id === event.turn);
    return over || view.lost ? view : { ...view, lost: true };
  }
  const shown = turn.text.length;
  if (event.from > shown) return { ...view, lost: true };
  const added = event.text.slice(shown - event.from);
  if (added === "") return view;
  return { ...view, turn: { ...turn, state: "speaking", text: turn.text + added }, notice: null };
}

function endTurn(view: View, event: Extract<ServerEvent, { type: "turn_ended" }>): View {
  const running = view.turn?.id === event.message.id ? null : view.turn;
  return {
    ...view,
    seq: Math.max(view.seq, event.seq),
    messages: put(view.messages, event.message),
    turn: running,
    notice: running === null ? null : view.notice,
  };
}

/** A turn that tells no position stands after everything that is there. */
function withDefaults(
  turn: Pick<Turn, "id" | "character_id" | "name" | "version" | "text"> & Partial<Turn>,
  messages: readonly Message[],
): Turn {
  const own = messages.find((message) => message.id === turn.id);
  return {
    id: turn.id,
    character_id: turn.character_id,
    name: turn.name,
    version: turn.version,
    text: turn.text,
    position: turn.position ?? own?.position ?? (messages.at(-1)?.position ?? 0) + 1,
    state: turn.text !== "" ? "speaking" : (turn.state ?? "thinking"),
    started_at: turn.started_at ?? null,
  };
}

function noticeOf({ code, text, turn, retry_after_ms }: Notice): Notice {
  return { code, text, ...(turn && { turn }), ...(retry_after_ms && { retry_after_ms }) };
}

function byPosition(a: { position: number }, b: { position: number }): number {
  return a.position - b.position;
}

/** Replaces the message of that id, or inserts it at its position; a newer one that is there already stays. */
function put(messages: readonly Message[], message: Message): readonly Message[] {
  const index = messages.findIndex(({ id }) => id === message.id);
  const known = messages[index];
  if (known === undefined) {
    const last = messages.at(-1);
    const all = [...messages, message];
    return last === undefined || last.position < message.position ? all : all.sort(byPosition);
  }
  if (known.seq > message.seq) return messages;
  return [...messages.slice(0, index), message, ...messages.slice(index + 1)];
}

/** Older messages that were loaded on request go before those that are there. */
export function addOlder(view: View, older: readonly Message[], moreBefore: number | null): View {
  return { ...view, messages: [...older].reduce(put, view.messages), moreBefore };
}

/** Who this is, of those who take part or did. */
export function figureOf(
  { participants, former }: Pick<Discussion, "participants" | "former">,
  id: string | null | undefined,
): Figure | null {
  const is = ({ character_id }: Figure) => character_id === id;
  return participants.find(is) ?? former?.find(is) ?? null;
}

export type Entry = { kind: "message"; message: Message } | { kind: "turn"; turn: Turn };

/** What stands on the page, in order: the messages, and the running turn at its own position. */
export function entries(messages: readonly Message[], turn: Turn | null): Entry[] {
  const shown: Entry[] = messages
    .filter((message) => message.status !== "struck" && message.id !== turn?.id)
    .map((message) => ({ kind: "message", message }));
  if (turn === null) return shown;
  const after = shown.findIndex(
    (entry) => entry.kind === "message" && entry.message.position > turn.position,
  );
  shown.splice(after === -1 ? shown.length : after, 0, { kind: "turn", turn });
  return shown;
}

/** The last message up to a position. */
export function lastUpTo(list: readonly Entry[], position: number): Entry | null {
  const upTo = (entry: Entry) => entry.kind === "message" && entry.message.position <= position;
  return [...list].reverse().find(upTo) ?? null;
}
