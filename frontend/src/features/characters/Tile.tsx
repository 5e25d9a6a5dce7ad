// One of the wall's portraits: who, when, and one line.
import { Check, Info } from "lucide-react";
import { Roundel } from "@/components/Roundel";
import { voiceStyle } from "@/components/voice";
import { datesOf, type Character } from "@/lib/characters";
import styles from "./Tile.module.css";

interface Props {
  character: Character;
  /** Whether it sits at the table; left out where there is none: a press then opens the card. */
  chosen?: boolean;
  onPress: () => void;
  onOpen?: () => void;
}

export function Tile({ character, chosen, onPress, onOpen }: Props) {
  const choice = chosen === undefined ? {} : { role: "checkbox", "aria-checked": chosen };
  return (
    <li className={styles.tile} style={voiceStyle(character)} data-chosen={chosen || undefined}>
      <button
        type="button"
        {...choice}
        className={styles.press}
        aria-label={nameOf(character)}
        onClick={onPress}
      >
        <span className={styles.portrait}>
          <Roundel voice={character} size="var(--portrait)" />
          {chosen && (
            <span className={styles.mark} aria-hidden>
              <Check size={16} strokeWidth={3} />
            </span>
          )}
        </span>
        <span className={styles.name}>{character.name}</span>
        <Dates character={character} />
        {character.tagline && <span className={styles.tagline}>{character.tagline}</span>}
      </button>
      {onOpen && (
        <button
          type="button"
          className={styles.open}
          aria-label={`About ${character.name}`}
          title={`About ${character.name}`}
          onClick={onOpen}
        >
          <Info size={18} aria-hidden />
        </button>
      )}
    </li>
  );
}

/** The name first, then what is seen below it. */
function nameOf(character: Character): string {
  const parts = [character.name, datesOf(character), character.living ? "living" : "", character.tagline];
  return parts.filter(Boolean).join(", ");
}

function Dates({ character }: { character: Character }) {
  const dates = datesOf(character);
  if (!dates && !character.living) return null;
  return (
    <span className={styles.dates}>
      {dates}
      {character.living && <span className={styles.living}>living</span>}
    </span>
  );
}
