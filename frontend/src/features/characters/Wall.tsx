// The wall of portraits, pack by pack, with a search and a choice of packs above it.
import { useDeferredValue, useId, useState, type ReactNode } from "react";
import { SearchField } from "@/components/SearchField";
import type { Character } from "@/lib/characters";
import { groupsOf, matches, type Group, type Pack } from "./search";
import { Tile } from "./Tile";
import styles from "./Wall.module.css";

interface Props {
  characters: Character[];
  packs: Pack[];
  /** Those at the table; left out where a press opens the card. */
  chosen?: string[];
  /** One's own stand before the others. */
  ownFirst?: boolean;
  onPress: (character: Character) => void;
  onOpen?: (character: Character) => void;
  /** What stands at the end, also when nobody was found. */
  children?: ReactNode;
}

export function Wall({ characters, packs, chosen, ownFirst = false, onPress, onOpen, children }: Props) {
  const [words, setWords] = useState("");
  const [pack, setPack] = useState("");
  const sought = useDeferredValue(words.trim());
  const all = groupsOf(characters, packs, ownFirst);
  const shown = all
    .filter((group) => pack === "" || group.pack.id === pack)
    .map((group) => ({ ...group, characters: group.characters.filter((one) => matches(one, sought)) }))
    .filter((group) => group.characters.length > 0);
  return (
    <div className={styles.wall}>
      <div className={styles.find} role="search" aria-label="Characters">
        <SearchField
          label="Search characters"
          placeholder="A name or an idea"
          value={words}
          onValue={setWords}
        />
        <Packs groups={all} value={pack} onChange={setPack} />
      </div>
      {shown.map((group) => (
        <section key={group.pack.id} className={styles.group} aria-labelledby={`pack-${group.pack.id}`}>
          <div className={styles.title}>
            <h2 id={`pack-${group.pack.id}`}>{group.pack.name}</h2>
            {group.pack.description && <p>{group.pack.description}</p>}
          </div>
          <ul className={styles.grid}>
            {group.characters.map((character) => (
              <Tile
                key={character.id}
                character={character}
                {...(chosen && { chosen: chosen.includes(character.id) })}
                onPress={() => {
                  onPress(character);
                }}
                {...(onOpen && {
                  onOpen: () => {
                    onOpen(character);
                  },
                })}
              />
            ))}
          </ul>
        </section>
      ))}
      <p role="status" className={shown.length > 0 ? "visually-hidden" : styles.nobody}>
        {found(shown, sought)}
      </p>
      {children}
    </div>
  );
}

function found(shown: Group[], sought: string): string {
  const count = shown.reduce((sum, group) => sum + group.characters.length, 0);
  if (count === 0) return `Nobody here answers to “${sought}”. Try a surname, an idea or a book.`;
  if (sought === "") return "";
  return count === 1 ? "One found" : `${String(count)} found`;
}

interface PacksProps {
  groups: Group[];
  value: string;
  onChange: (pack: string) => void;
}

function Packs({ groups, value, onChange }: PacksProps) {
  const name = useId();
  const choices = [{ id: "", name: "All" }, ...groups.map(({ pack }) => pack)];
  return (
    <fieldset className={styles.packs}>
      <legend className="visually-hidden">Packs</legend>
      {choices.map((choice) => (
        <label key={choice.id} className={styles.pack}>
          <input
            type="radio"
            name={name}
            className="visually-hidden"
            checked={value === choice.id}
            onChange={() => {
              onChange(choice.id);
            }}
          />
          {choice.name}
        </label>
      ))}
    </fieldset>
  );
}
