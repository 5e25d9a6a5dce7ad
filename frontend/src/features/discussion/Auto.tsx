// Turns that follow by themselves: so many, or until a time.
import { useState } from "react";
import { Button } from "@/components/Button";
import styles from "./Direct.module.css";
import type { Steering } from "./useSteering";
import { autoWords, nextTime } from "./words";

const MOST_TURNS = 100;

export function Auto({ steering }: { steering: Steering }) {
  const { auto, running } = steering;
  const [turns, setTurns] = useState("3");
  const [until, setUntil] = useState("");
  if (auto !== null) {
    return (
      <fieldset className={styles.set}>
        <legend>By themselves</legend>
        <p>
          They go on by themselves, {autoWords(auto, running ? 1 : 0)}. Stop or any key ends it.{" "}
          <Button kind="quiet" className={styles.aligned} onClick={steering.endAuto}>
            End it after this turn
          </Button>
        </p>
      </fieldset>
    );
  }
  const count = Math.round(Number(turns));
  const counted = count >= 1 && count <= MOST_TURNS;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (counted || until !== "")
          steering.letGoOn({
            ...(counted && { turns: count }),
            ...(until !== "" && { until: nextTime(until) }),
          });
      }}
    >
      <fieldset className={styles.set}>
        <legend>By themselves</legend>
        <div className={styles.line}>
          <label>
            Turns{" "}
            <input
              type="number"
              inputMode="numeric"
              min={1}
              max={MOST_TURNS}
              value={turns}
              onChange={(event) => {
                setTurns(event.target.value);
              }}
            />
          </label>
          <label>
            until{" "}
            <input
              type="time"
              value={until}
              onChange={(event) => {
                setUntil(event.target.value);
              }}
            />
          </label>
          <Button type="submit" aria-disabled={!counted && until === ""}>
            Let them go on
          </Button>
        </div>
        <p className={styles.soft}>They wait while you are away. Stop or any key ends it.</p>
      </fieldset>
    </form>
  );
}
