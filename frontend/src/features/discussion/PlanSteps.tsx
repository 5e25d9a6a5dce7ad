// The steps of a plan: each is said, put in other words, or taken out.
import { Pencil, Trash2 } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { Button } from "@/components/Button";
import { Field } from "@/components/Field";
import { timeOf, type Step } from "@/lib/lessons";
import { isDue, MESSAGE_LIMIT, useTurns } from "./plan";
import styles from "./Plan.module.css";

interface Props {
  steps: Step[];
  busy: boolean;
  onSay: (index: number) => void;
  onWrite: (steps: Step[]) => void;
}

export function PlanSteps({ steps, busy, onSay, onWrite }: Props) {
  const [reworded, setReworded] = useState<number | null>(null);
  const list = useRef<HTMLOListElement>(null);
  const close = (index: number) => {
    setReworded(null);
    requestAnimationFrame(() => {
      list.current?.children[index]?.querySelector("button")?.focus();
    });
  };
  return (
    <ol ref={list} className={styles.steps}>
      {steps.map((step, index) => (
        <li
          // A step in other words is the same one.
          key={`step ${String(index)}`}
          data-said={step.said || undefined}
          data-reworded={index === reworded || undefined}
        >
          {index === reworded ? (
            <Reword
              step={step}
              onCancel={() => {
                close(index);
              }}
              onSave={(say) => {
                close(index);
                if (say !== step.say) onWrite(steps.map((one, at) => (at === index ? { ...one, say } : one)));
              }}
            />
          ) : (
            <AsPlanned
              step={step}
              busy={busy}
              onSay={() => {
                onSay(index);
              }}
              onReword={() => {
                setReworded(index);
              }}
              onTakeOut={() => {
                // Another one's place is another one then.
                setReworded(null);
                onWrite(steps.filter((_, at) => at !== index));
              }}
            />
          )}
        </li>
      ))}
    </ol>
  );
}

interface AsPlannedProps {
  step: Step;
  busy: boolean;
  onSay: () => void;
  onReword: () => void;
  onTakeOut: () => void;
}

function AsPlanned({ step, busy, onSay, onReword, onTakeOut }: AsPlannedProps) {
  const turns = useTurns();
  const unlessBusy = (then: () => void) => () => {
    if (!busy) then();
  };
  return (
    <>
      <div>
        <p className={styles.say}>{step.say}</p>
        <p className={styles.soft}>
          {step.said && <strong>Said. </strong>}
          {!step.said && isDue(step, turns) && <strong>Now. </strong>}
          {[timeOf(step), step.why].filter(Boolean).join(" — ")}
        </p>
      </div>
      {!step.said && (
        <>
          <Button aria-disabled={busy} aria-label={`Say: ${step.say}`} onClick={unlessBusy(onSay)}>
            Say it
          </Button>
          <Button
            kind="quiet"
            icon
            aria-label={`Reword: ${step.say}`}
            title="Put in other words"
            aria-disabled={busy}
            onClick={unlessBusy(onReword)}
          >
            <Pencil size={16} aria-hidden />
          </Button>
        </>
      )}
      <Button
        kind="quiet"
        icon
        aria-label={`Take out: ${step.say}`}
        title="Take out of the plan"
        aria-disabled={busy}
        onClick={unlessBusy(onTakeOut)}
      >
        <Trash2 size={16} aria-hidden />
      </Button>
    </>
  );
}

interface RewordProps {
  step: Step;
  onCancel: () => void;
  onSave: (say: string) => void;
}

function Reword({ step, onCancel, onSave }: RewordProps) {
  const [text, setText] = useState(step.say);
  const said = text.trim();
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    form.current?.querySelector("textarea")?.focus();
  }, []);
  return (
    <form
      ref={form}
      className={styles.another}
      onSubmit={(event) => {
        event.preventDefault();
        if (said !== "") onSave(said);
      }}
    >
      <Field label="In other words" value={text} onValue={setText} lines={3} limit={MESSAGE_LIMIT} />
      <div className={styles.row}>
        <Button type="submit" aria-disabled={said === ""}>
          Keep
        </Button>
        <Button kind="quiet" onClick={onCancel}>
          Cancel
        </Button>
      </div>
    </form>
  );
}
