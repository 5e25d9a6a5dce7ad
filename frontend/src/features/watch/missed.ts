// What happened while one was not looking. Pure.
import type { Message } from "@/protocol/types";

export interface MissedTurn {
  id: string;
  name: string;
  /** The turn's first sentence, or as much of it as fits on a line. */
  line: string;
}

/** One turn alone is read faster than told. */
const WORTH_TELLING = 2;

/** The turns after `seen`, the place of the last one that was looked at. */
export function missedTurns(messages: readonly Message[], seen: number): MissedTurn[] {
  const turns = messages.filter(
    ({ author, position, text }) => author.kind === "character" && position > seen && text !== "",
  );
  if (turns.length < WORTH_TELLING) return [];
  return turns.map(({ id, author, text }) => ({ id, name: author.name, line: firstSentence(text) }));
}

export function lastPlace(messages: readonly Message[]): number {
  return messages.at(-1)?.position ?? 0;
}

export function firstSentence(text: string): string {
  const plain = text
    .replace(/^[#>\-\s]+/gm, "")
    .replace(/[*_`]/g, "")
    .replace(/\s+/g, " ")
    .trim();
  return /^.{12,}?[.!?…](?=\s|$)/u.exec(plain)?.[0] ?? plain;
}
