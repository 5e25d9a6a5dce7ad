// What the host steers with, always in the same place: the cast, who is next, the one button, and a line to write in.
import { useId } from "react";
import { Button, releasePointerFocus } from "@/components/Button";
import { Pill } from "@/components/transcript/Pill";
import type { Discussion } from "@/protocol/types";
import { Cast } from "./Cast";
import { ClassPanel } from "./ClassPanel";
import { Composer } from "./Composer";
import { Direct } from "./Direct";
import { PlanBar } from "./PlanBar";
import styles from "./Dock.module.css";
import { autoWords } from "./words";
import { useLive, useShown } from "@/lib/useLive";
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
        <Told />
        <div className={styles.steer}>
          <Cast discussion={discussion} steering={steering} />
          <NextResponse discussion={discussion} steering={steering} />
        </div>
        <PlanBar onSaid={onFollow} />
        <Composer onSent={onFollow} />
        <div className={styles.panels}>
          <Direct discussion={discussion} steering={steering} />
          <ClassPanel />
        </div>
        <Colophon />
      </div>
    </section>
  );
}

/** What concerns the discussion as a whole: a limit that is near, why no turn follows by itself. */
function Told() {
  const { dismiss } = useLive();
  const text = useShown(({ told }) => told?.text ?? null);
  if (text === null) return null;
  return (
    <p className={styles.told} role="status">
      {text}
      <button type="button" onClick={dismiss}>
        Dismiss
      </button>
    </p>
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
        <strong>{head.name}</strong>{" "}
        <span>
          {head.state === "thinking" ? "is thinking" : "is speaking"}
          {discussion.auto && `, ${autoWords(discussion.auto, 1)}`}
        </span>
      </>
    );
  }
  if (!next) return <span>Nobody can speak now.</span>;
  if (discussion.auto) {
    return (
      <>
        <strong>Next: {next.name}</strong> <span>{autoWords(discussion.auto, 0)}</span>
      </>
    );
  }
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
