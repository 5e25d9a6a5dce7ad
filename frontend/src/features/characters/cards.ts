// A character's card as it is edited: lists are lines of text.
import type { Character } from "@/lib/characters";
import { ApiError } from "@/lib/api";

export interface Card {
  name: string;
  tagline: string;
  bio: string;
  ideas: string;
  voice: string;
  dissent: string;
  color: string;
  color_dark: string;
  emblem: string | null;
  born: string | null;
  died: string | null;
  works: Character["works"];
}

export interface Color {
  light: string;
  dark: string;
}

export function blankCard(color: Color): Card {
  return {
    name: "",
    tagline: "",
    bio: "",
    ideas: "",
    voice: "",
    dissent: "",
    color: color.light,
    color_dark: color.dark,
    emblem: null,
    born: null,
    died: null,
    works: [],
  };
}

export function cardOf(character: Character): Card {
  const { name, tagline, bio, voice, color, born, died, works } = character;
  return {
    name,
    tagline,
    bio,
    voice,
    born,
    died,
    works,
    color,
    color_dark: character.color_dark ?? color,
    emblem: character.emblem ?? null,
    ideas: character.key_ideas.join("\n"),
    dissent: (character.dissent ?? []).join("\n"),
  };
}

/** A copy to be changed, named so that the two are told apart at the table. */
export function copyOf(character: Character): Card {
  return { ...cardOf(character), name: `${character.name} (copy)` };
}

export function linesOf(text: string): string[] {
  return text
    .split("\n")
    .map((line) => line.replace(/^\s*[-–•*]\s+/, "").trim())
    .filter((line) => line !== "");
}

/** What the server is sent. */
export function bodyOf({ ideas, dissent, ...card }: Card) {
  return {
    ...card,
    name: card.name.trim(),
    tagline: card.tagline.trim(),
    bio: card.bio.trim(),
    voice: card.voice.trim(),
    key_ideas: linesOf(ideas),
    dissent: linesOf(dissent),
  };
}

/** How long the card is, as its limit counts. */
export function lengthOf({ name, tagline, bio, ideas, voice, dissent }: Card): number {
  return Array.from([name, tagline, bio, ideas, voice, dissent].join("")).length;
}

/** Problems by field; `key_ideas[2]` belongs to `key_ideas`. */
export function problemsOf(error: unknown): Record<string, string> {
  if (!(error instanceof ApiError)) return {};
  return Object.fromEntries(
    error.fields.map(({ field, message }) => [field.split(/[.[]/)[0] ?? field, message]),
  );
}
