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
  cautions: string;
  living: boolean;
  quotation: string;
  source: string;
  color: string;
  color_dark: string;
  emblem: string | null;
  born: string | null;
  died: string | null;
  /** One on each line, as "Title (1916)". */
  works: string;
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
    cautions: "",
    living: false,
    quotation: "",
    source: "",
    color: color.light,
    color_dark: color.dark,
    emblem: null,
    born: null,
    died: null,
    works: "",
  };
}

export function cardOf(character: Character): Card {
  const { name, tagline, bio, voice, color, born, died, living } = character;
  return {
    name,
    tagline,
    bio,
    voice,
    born,
    died,
    living,
    works: character.works.map(lineOfWork).join("\n"),
    quotation: character.quotation?.text ?? "",
    source: character.quotation?.source ?? "",
    color,
    color_dark: character.color_dark ?? color,
    emblem: character.emblem ?? null,
    ideas: character.key_ideas.join("\n"),
    dissent: (character.dissent ?? []).join("\n"),
    cautions: (character.cautions ?? []).join("\n"),
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

function lineOfWork({ title, year }: Character["works"][number]): string {
  return year === null || year === "" ? title : `${title} (${String(year)})`;
}

/** "Democracy and Education (1916)" is a title and a year. */
export function worksOf(lines: string): { title: string; year: string | null }[] {
  return linesOf(lines).map((line) => {
    const parts = /^(.+?)\s*\(([^()]{1,40})\)$/.exec(line);
    return { title: parts?.[1] ?? line, year: parts?.[2] ?? null };
  });
}

/** What the server is sent. */
export function bodyOf({ ideas, dissent, cautions, works, quotation, source, ...card }: Card) {
  const words = { text: quotation.trim(), source: source.trim() };
  return {
    ...card,
    works: worksOf(works),
    cautions: linesOf(cautions),
    quotation: words.text === "" && words.source === "" ? null : words,
    name: card.name.trim(),
    tagline: card.tagline.trim(),
    bio: card.bio.trim(),
    voice: card.voice.trim(),
    key_ideas: linesOf(ideas),
    dissent: linesOf(dissent),
  };
}

/** How long the card is, as its limit counts. */
export function lengthOf(card: Card): number {
  const { name, tagline, bio, ideas, voice, dissent, cautions } = card;
  const titles = worksOf(card.works).map(({ title }) => title);
  return Array.from([name, tagline, bio, ideas, voice, dissent, cautions, ...titles].join("")).length;
}

/** Problems by field; `key_ideas[2]` belongs to `key_ideas`. */
export function problemsOf(error: unknown): Record<string, string> {
  if (!(error instanceof ApiError)) return {};
  return Object.fromEntries(
    error.fields.map(({ field, message }) => [field.split(/[.[]/)[0] ?? field, message]),
  );
}
