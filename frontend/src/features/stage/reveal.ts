// The stage reveals at reading speed what the server streams as fast as it comes. Pure: a clock calls `advance`.
import type { Message, Turn } from "@/protocol/types";
import { entries } from "@/protocol/view";

/** One part of the dialogue, as the stage reads it out. */
export interface Part {
  id: string;
  name: string;
  /** Null: the host's or the class's words, which are shown whole. */
  characterId: string | null;
  text: string;
  /** No more text will come. */
  done: boolean;
  votes: number;
}

export interface Reveal {
  /** The part that is being shown. */
  id: string;
  /** How much of its text. */
  shown: number;
}

export function scriptOf(messages: readonly Message[], turn: Turn | null): Part[] {
  const parts = entries(messages, turn).map((entry): Part => {
    if (entry.kind === "turn") {
      const { id, name, character_id, text } = entry.turn;
      return { id, name, characterId: character_id, text, done: false, votes: 0 };
    }
    const { id, author, text, votes } = entry.message;
    const characterId = author.kind === "character" ? author.id : null;
    return { id, name: author.name || "Host", characterId, text, done: true, votes: votes ?? 0 };
  });
  return parts.filter(({ text, done }) => text !== "" || !done);
}

/** Who comes to a running discussion sees at once what was said so far. */
export function begin(script: readonly Part[]): Reveal | null {
  const last = script.at(-1);
  return last ? { id: last.id, shown: last.text.length } : null;
}

/** `words` further. The same object when nothing changed. */
export function advance(reveal: Reveal | null, script: readonly Part[], words: number): Reveal | null {
  const index = script.findIndex(({ id }) => id === reveal?.id);
  const part = script[index];
  if (reveal === null || part === undefined) return startAt(script, reveal);
  const waiting = script.slice(index + 1).filter(({ characterId }) => characterId !== null);
  // Never more than one turn behind the room's conversation.
  const last = waiting.at(-1);
  if (waiting.length > 1 && last) return { id: last.id, shown: 0 };
  const next = script[index + 1];
  if (next && part.done && reveal.shown >= part.text.length)
    return { id: next.id, shown: next.characterId === null ? next.text.length : 0 };
  const hurry = waiting.length > 0 ? 2 * words : words;
  const shown = afterWords(part, Math.min(reveal.shown, part.text.length), hurry);
  return shown === reveal.shown ? reveal : { id: reveal.id, shown };
}

/** What was shown is gone (struck), or nothing was there yet: what has just begun is revealed, the rest is there. */
function startAt(script: readonly Part[], before: Reveal | null): Reveal | null {
  const last = script.at(-1);
  if (before === null && last && !last.done) return { id: last.id, shown: 0 };
  return begin(script);
}

/** A word that may still grow is not begun. */
function afterWords({ text, done }: Part, from: number, words: number): number {
  const end = done
    ? text.length
    : Math.max(from, text.search(/\S+$/) === -1 ? text.length : text.search(/\S+$/));
  if (words === Infinity) return done ? end : text.length;
  const word = /\s*\S+/y;
  let place = from;
  for (let count = 0; count < words && place < end; count += 1) {
    word.lastIndex = place;
    if (!word.test(text)) return end;
    place = word.lastIndex;
  }
  return Math.min(place, Math.max(end, from));
}
