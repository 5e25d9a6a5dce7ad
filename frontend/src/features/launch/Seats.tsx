// Those at the table in speaking order, each behind a place card. Dragged with the pointer, moved with the arrow keys.
import { useId, useState, type KeyboardEvent } from "react";
import { Roundel } from "@/components/Roundel";
import { voiceStyle } from "@/components/voice";
import type { Character } from "@/lib/characters";
import { moved, placeWords } from "@/components/order";
import styles from "./Seats.module.css";
import { useDrag } from "@/components/useDrag";

interface Props {
  seated: Character[];
  /** The one whose place is being changed. */
  selected: string | null;
  onSelect: (id: string | null) => void;
  onOrder: (cast: string[]) => void;
  onLeave: (id: string) => void;
}

/** Chairs that wait, so that a table for one looks like an invitation. */
const NATURAL = 2;

export function Seats({ seated, selected, onSelect, onOrder, onLeave }: Props) {
  const help = useId();
  const [said, setSaid] = useState("");
  const ids = seated.map(({ id }) => id);
  const place = (id: string, index: number) => {
    const next = moved(ids, ids.indexOf(id), index);
    if (next === ids) return;
    onOrder(next);
    const name = seated.find((character) => character.id === id)?.name ?? "";
    setSaid(`${name} speaks ${placeWords(index, ids.length)}`);
  };
  const { dragged, list, start } = useDrag(place);
  const onKeyDown = (event: KeyboardEvent, id: string) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (step !== undefined) place(id, ids.indexOf(id) + step);
    else if (event.key === "Delete" || event.key === "Backspace") onLeave(id);
    else if (event.key === "Escape") onSelect(null);
    else return;
    event.preventDefault();
  };
  return (
    <div className={styles.around}>
      <ol
        className={styles.seats}
        data-count={seated.length}
        data-dragging={dragged !== null || undefined}
        aria-label="At the table"
        {...list}
      >
        {seated.map((character, index) => (
          <li key={character.id} className={styles.seat} data-dragged={dragged === character.id || undefined}>
            <button
              type="button"
              className={styles.press}
              style={voiceStyle(character)}
              aria-label={`Seat ${String(index + 1)}: ${character.name}`}
              aria-expanded={selected === character.id}
              aria-describedby={help}
              onPointerDown={start(character.id)}
              onKeyDown={(event) => {
                onKeyDown(event, character.id);
              }}
              onClick={() => {
                onSelect(selected === character.id ? null : character.id);
              }}
            >
              <span className={styles.head}>
                <Roundel voice={character} size="var(--seat)" />
              </span>
              <span className={styles.place}>{character.name}</span>
            </button>
          </li>
        ))}
        {Array.from({ length: Math.max(0, NATURAL - seated.length) }, (_, index) => (
          <li key={index} className={styles.seat} aria-hidden>
            <span className={styles.press}>
              <span className={styles.empty} />
              <span className={styles.place} />
            </span>
          </li>
        ))}
      </ol>
      <p id={help} hidden>
        Arrow keys change the place, Delete lets them leave.
      </p>
      <p role="status" className="visually-hidden">
        {said}
      </p>
    </div>
  );
}
