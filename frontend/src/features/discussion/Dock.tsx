// What the host steers with, always in the same place: the cast, who is next, the one button, and a line to write in.
import { useId } from "react";
import { Button, releasePointerFocus } from "@/components/Button";
import { Pill } from "@/components/transcript/Pill";
import { Roundel } from "@/components/Roundel";
import { voiceStyle } from "@/components/voice";
import type { Discussion, Participant } from "@/protocol/types";
import { ClassPanel } from "./ClassPanel";
import { Composer } from "./Composer";
import { PlanBar } from "./PlanBar";
import styles from "./Dock.module.css";
import { useShown } from "@/lib/useLive";
import type { Steering } from "./useSteering";

interface Props {
  steering: Steering;
  following: boolean;
  /** Back to the live text, and stay there. */
  onFollow: () => void;
}

export function Dock({ steering, following, onFollow }: Props) {
  const discussion = useShown(({ view }) => view?.discussion ?? null);
  if (discussion === null) return null;
  return (
    <section className={styles.dock} aria-label="Steering">
      {!following && <Pill onPress={onFollow} />}
      <div className={styles.inner}>
        {steering.problem && (
          <p className={styles.problem} role="alert">
            {steering.problem}
            <button type="button" onClick={steering.dismiss}>
              Dismiss
            </button>
          </p>
        )}
        <div className={styles.steer}>
          <Cast discussion={discussion} steering={steering} />
          <NextResponse discussion={discussion} steering={steering} />
        </div>
        <PlanBar onSaid={onFollow} />
        <Composer onSent={onFollow} />
        <ClassPanel />
        <Colophon />
      </div>
    </section>
  );
}

function Colophon() {
  // Said by the class's panel, where there is one.
  const observers = useShown(({ view }) => (view?.room ? 0 : (view?.presence?.observers ?? 0)));
  return (
    <p className={styles.notice}>
      {observers > 0 && `${String(observers)} watching · `}The characters’ words are an AI’s portrayal.
    </p>
  );
}

function Cast({ discussion, steering }: { discussion: Discussion; steering: Steering }) {
  const speaking = useShown(({ head }) => head?.character_id ?? null);
  return (
    <ul className={styles.cast} aria-label="Cast">
      {discussion.participants.map((participant, index) => (
        <li key={participant.character_id}>
          <Seat
            participant={participant}
            place={index + 1}
            current={participant.character_id === (speaking ?? discussion.next)}
            disabled={steering.running}
            onPress={() => {
              steering.next(participant.character_id);
            }}
          />
        </li>
      ))}
    </ul>
  );
}

interface SeatProps {
  participant: Participant;
  place: number;
  current: boolean;
  disabled: boolean;
  onPress: () => void;
}

function Seat({ participant, place, current, disabled, onPress }: SeatProps) {
  return (
    <button
      type="button"
      className={styles.seat}
      style={voiceStyle(participant)}
      data-current={current || undefined}
      aria-disabled={disabled}
      aria-label={`${participant.name} speaks now`}
      title={`${participant.name} speaks now (key ${String(place)})`}
      onClick={(event) => {
        releasePointerFocus(event);
        if (!disabled) onPress();
      }}
    >
      <Roundel voice={participant} size={2.25} />
    </button>
  );
}

function NextResponse({ discussion, steering }: { discussion: Discussion; steering: Steering }) {
  const describedBy = useId();
  const { running, stoppable } = steering;
  return (
    <div className={styles.next}>
      <p id={describedBy} className={styles.who}>
        <Who discussion={discussion} />
      </p>
      <Button
        kind={stoppable ? "plain" : "primary"}
        className={styles.button}
        aria-describedby={describedBy}
        aria-disabled={!stoppable && (running || discussion.next === null)}
        onClick={(event) => {
          releasePointerFocus(event);
          if (stoppable) steering.stop();
          else steering.next();
        }}
      >
        {stoppable ? "Stop" : "Next Response"}
      </Button>
    </div>
  );
}

function Who({ discussion }: { discussion: Discussion }) {
  const head = useShown((shown) => shown.head);
  const next = discussion.participants.find(({ character_id }) => character_id === discussion.next);
  if (head) {
    return (
      <>
        <strong>{head.name}</strong> <span>{head.state === "thinking" ? "is thinking" : "is speaking"}</span>
      </>
    );
  }
  if (!next) return <span>Nobody can speak now.</span>;
  const heard = discussion.heard?.includes(next.character_id) ?? false;
  return (
    <>
      <strong>Next: {next.name}</strong>{" "}
      <span>
        {heard ? "heard" : "not yet heard"} <span className={styles.roomy}>this round</span>
      </span>
    </>
  );
}
