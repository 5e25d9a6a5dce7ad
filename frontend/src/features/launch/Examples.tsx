// A few good questions, each with those who would truly disagree about it.
import { RefreshCw } from "lucide-react";
import { useState } from "react";
import { Button } from "@/components/Button";
import { Roundel } from "@/components/Roundel";
import type { Character } from "@/lib/characters";
import styles from "./Examples.module.css";

interface Example {
  text: string;
  cast: string[];
}

interface Props {
  /** Without the one that is chosen already. */
  examples: Example[];
  characters: Character[];
  onChoose: (example: Example) => void;
}

const AT_ONCE = 3;

export function Examples({ examples, characters, onChoose }: Props) {
  const [from, setFrom] = useState(0);
  if (examples.length === 0) return null;
  const shown = Array.from(
    { length: Math.min(AT_ONCE, examples.length) },
    (_, index) => examples[(from + index) % examples.length],
  );
  return (
    <div className={styles.examples} role="group" aria-label="Examples">
      <ul className={styles.list}>
        {shown.map(
          (example) =>
            example && (
              <li key={example.text}>
                <button
                  type="button"
                  className={styles.example}
                  onClick={() => {
                    onChoose(example);
                  }}
                >
                  <span className={styles.text}>{example.text}</span>
                  <Cast ids={example.cast} characters={characters} />
                </button>
              </li>
            ),
        )}
      </ul>
      {examples.length > AT_ONCE && (
        <Button
          kind="quiet"
          icon
          className={styles.others}
          aria-label="Other examples"
          title="Other examples"
          onClick={() => {
            setFrom((from + AT_ONCE) % examples.length);
          }}
        >
          <RefreshCw size={16} aria-hidden />
        </Button>
      )}
    </div>
  );
}

function Cast({ ids, characters }: { ids: string[]; characters: Character[] }) {
  const cast = ids.flatMap((id) => characters.find((character) => character.id === id) ?? []);
  return (
    <span className={styles.cast}>
      {cast.map((character) => (
        <Roundel key={character.id} voice={character} size={1.75} />
      ))}
      <span className="visually-hidden">, with {cast.map(({ name }) => name).join(", ")}</span>
    </span>
  );
}
