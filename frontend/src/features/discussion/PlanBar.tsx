// The next thing that the host means to say, one press away; and the whole plan behind it.
import { useState } from "react";
import { Button, releasePointerFocus } from "@/components/Button";
import { wordsOf } from "@/lib/api";
import { timeOf } from "@/lib/lessons";
import { useLive } from "@/lib/useLive";
import { isDue, nextStep, usePlan, useTurns } from "./plan";
import styles from "./Plan.module.css";
import { PlanDialog } from "./PlanDialog";

export function PlanBar({ onSaid }: { onSaid: () => void }) {
  const { id } = useLive();
  const { plan, saying } = usePlan(id);
  const turns = useTurns();
  const [open, setOpen] = useState(false);
  const next = plan && nextStep(plan);
  if (!next) return null;
  const { step, index } = next;
  const time = timeOf(step);
  return (
    <section className={styles.bar} aria-label="Plan" data-due={isDue(step, turns) || undefined}>
      <p className={styles.next}>
        <span className={styles.time}>{time === "" ? "Planned" : `Planned ${time}`}: </span>
        <span className={styles.say}>{step.say}</span>
      </p>
      <Button
        aria-disabled={saying.isPending}
        onClick={(event) => {
          releasePointerFocus(event);
          if (!saying.isPending) saying.mutate(index, { onSuccess: onSaid });
        }}
      >
        Say it
      </Button>
      <Button
        kind="quiet"
        aria-haspopup="dialog"
        onClick={() => {
          setOpen(true);
        }}
      >
        Plan
      </Button>
      {saying.error && (
        <p role="alert" className={styles.problem}>
          {wordsOf(saying.error)}
        </p>
      )}
      {open && (
        <PlanDialog
          onClose={() => {
            setOpen(false);
          }}
        />
      )}
    </section>
  );
}
