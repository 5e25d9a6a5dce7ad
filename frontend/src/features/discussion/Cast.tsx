// Those at the table in speaking order: a press lets one speak, a drag or an arrow key changes who is next.
import { useId, type PointerEvent } from "react";
import { releasePointerFocus } from "@/components/Button";
import { Roundel } from "@/components/Roundel";
import { useDrag } from "@/components/useDrag";
import { voiceStyle } from "@/components/voice";
import { useShown } from "@/lib/useLive";
import type { Discussion, Participant } from "@/protocol/types";
import styles from "./Dock.module.css";
import type { Steering } from "./useSteering";
import { useSeats } from "./useSeats";

export function Cast({ discussion, steering }: { discussion: Discussion; steering: Steering }) {
  const help = useId();
  const speaking = useShown(({ head }) => head?.character_id ?? null);
  const { seats, said, problem, place, settle, shift } = useSeats(discussion);
  const { dragged, list, start } = useDrag(place, settle);
  return (
    <>
      <ul className={styles.cast} aria-label="Cast" data-dragging={dragged !== null || undefined} {...list}>
        {seats.map((participant, index) => (
          <li key={participant.character_id}>
            <Seat
              participant={participant}
              place={index + 1}
              describedBy={help}
              current={participant.character_id === (speaking ?? discussion.next)}
              dragged={participant.character_id === dragged}
              disabled={steering.running}
              onPointerDown={start(participant.character_id)}
              onShift={(by) => {
                shift(participant.character_id, by);
              }}
              onPress={() => {
                steering.next(participant.character_id);
              }}
            />
          </li>
        ))}
      </ul>
      <p id={help} hidden>
        Drag it, or use the arrow keys, to change the order.
      </p>
      <p role="status" className="visually-hidden">
        {problem ?? said}
      </p>
    </>
  );
}

interface SeatProps {
  participant: Participant;
  place: number;
  describedBy: string;
  current: boolean;
  dragged: boolean;
  disabled: boolean;
  onPointerDown: (event: PointerEvent<HTMLElement>) => void;
  onShift: (by: number) => void;
  onPress: () => void;
}

function Seat({ participant, place, describedBy, current, dragged, disabled, ...on }: SeatProps) {
  const { name, muted } = participant;
  return (
    <button
      type="button"
      className={styles.seat}
      style={voiceStyle(participant)}
      data-current={current || undefined}
      data-dragged={dragged || undefined}
      data-muted={muted || undefined}
      aria-disabled={disabled}
      aria-label={`${name} speaks now`}
      aria-describedby={describedBy}
      title={`${name} speaks now (key ${String(place)})${muted ? "; muted: only when picked" : ""}`}
      onPointerDown={on.onPointerDown}
      onKeyDown={(event) => {
        const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
        if (by === undefined) return;
        event.preventDefault();
        on.onShift(by);
      }}
      onClick={(event) => {
        releasePointerFocus(event);
        if (!disabled) on.onPress();
      }}
    >
      <Roundel voice={participant} size={2.25} />
    </button>
  );
}
