// Finding a character by a few letters, whatever their accents.
import { OWN_PACK, type Character } from "@/lib/characters";

export interface Pack {
  id: string;
  name: string;
  description: string;
}

export interface Group {
  pack: Pack;
  characters: Character[];
}

function plain(text: string): string {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}

/** Every word must be found in the name, the line, the ideas, the works or the life of the character. */
export function matches(character: Character, words: string): boolean {
  const { name, tagline, bio, key_ideas, works } = character;
  const text = plain([name, tagline, bio, ...key_ideas, ...works.map(({ title }) => title)].join(" "));
  return plain(words)
    .split(/\s+/)
    .every((word) => text.includes(word));
}

const OWN: Pack = { id: OWN_PACK, name: "Your own", description: "Made by you, and seen by you alone." };

/** The packs in their order, one's own first or last, those without anybody left out. */
export function groupsOf(characters: Character[], packs: Pack[], ownFirst = false): Group[] {
  const known = new Set(packs.map(({ id }) => id));
  const others = [...new Set(characters.map(({ pack }) => pack))].filter(
    (id) => !known.has(id) && id !== OWN_PACK,
  );
  const shared = [...packs, ...others.map((id) => ({ id, name: id, description: "" }))];
  return (ownFirst ? [OWN, ...shared] : [...shared, OWN])
    .map((pack) => ({ pack, characters: characters.filter((character) => character.pack === pack.id) }))
    .filter((group) => group.characters.length > 0);
}
