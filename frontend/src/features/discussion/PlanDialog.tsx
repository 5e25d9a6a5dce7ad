// The whole plan of a discussion: what to say, what for, and what was said. Written on here, saved as a lesson file.
import { Plus } from "lucide-react";
import { useState } from "react";
import { Button } from "@/components/Button";
import { Dialog } from "@/components/Dialog";
import { Field } from "@/components/Field";
import { wordsOf } from "@/lib/api";
import { download } from "@/lib/download";
import { useLive } from "@/lib/useLive";
import { MESSAGE_LIMIT, usePlan, type Plan } from "./plan";
import styles from "./Plan.module.css";
import { PlanSteps } from "./PlanSteps";

export function PlanDialog({ onClose }: { onClose: () => void }) {
  const live = useLive();
  const { plan, saying, writing } = usePlan(live.id);
  const [problem, setProblem] = useState<string | null>(null);
  const steps = plan?.steps ?? [];
  const failed = saying.error ?? writing.error;
  const words = problem ?? (failed ? wordsOf(failed) : null);
  return (
    <Dialog title="Plan" onClose={onClose} wide>
      <div className={styles.plan}>
        {plan && <About plan={plan} />}
        {steps.length === 0 && (
          <p className={styles.soft}>
            Nothing is planned. Write down what you mean to say; it stays here until you press Say it.
          </p>
        )}
        <PlanSteps
          steps={steps}
          busy={saying.isPending || writing.isPending}
          onSay={(index) => {
            saying.mutate(index);
          }}
          onWrite={(changed) => {
            writing.mutate(changed);
          }}
        />
        <Another
          onAdd={(say) => {
            writing.mutate([...steps, { after_turns: null, when: "", say, why: "", said: false }]);
          }}
        />
        <div className={styles.actions}>
          {plan?.auto_turns != null && (
            <Button
              onClick={() => {
                live.send({ type: "auto", turns: plan.auto_turns ?? 1 }).then(onClose, (error: unknown) => {
                  setProblem(wordsOf(error));
                });
              }}
            >
              Let {plan.auto_turns} turns follow
            </Button>
          )}
          <Button
            onClick={() => {
              download(`/api/discussions/${live.id}/lesson`, "lesson.toml").catch((error: unknown) => {
                setProblem(wordsOf(error));
              });
            }}
          >
            Save as a lesson file
          </Button>
          <p className={styles.soft}>Cast, topic, settings and plan, to be held again.</p>
        </div>
        {words !== null && (
          <p role="alert" className={styles.problem}>
            {words}
          </p>
        )}
      </div>
    </Dialog>
  );
}

function About({ plan }: { plan: Plan }) {
  const facts = [plan.audience, plan.minutes === null ? "" : `${String(plan.minutes)} minutes`].filter(
    Boolean,
  );
  if (facts.length === 0 && plan.aims.length === 0 && plan.notes === "") return null;
  return (
    <details className={styles.about}>
      <summary>What the lesson is for</summary>
      {facts.length > 0 && <p className={styles.soft}>{facts.join(" · ")}</p>}
      <ul>
        {plan.aims.map((aim) => (
          <li key={aim}>{aim}</li>
        ))}
      </ul>
      {plan.notes
        .split(/\n{2,}/)
        .filter(Boolean)
        .map((paragraph) => (
          <p key={paragraph}>{paragraph}</p>
        ))}
    </details>
  );
}

function Another({ onAdd }: { onAdd: (say: string) => void }) {
  const [text, setText] = useState("");
  return (
    <form
      className={styles.another}
      onSubmit={(event) => {
        event.preventDefault();
        if (text.trim() === "") return;
        onAdd(text.trim());
        setText("");
      }}
    >
      <Field label="Something more to say" value={text} onValue={setText} lines={2} limit={MESSAGE_LIMIT} />
      <Button type="submit" aria-disabled={text.trim() === ""}>
        <Plus size={18} aria-hidden />
        Add to the plan
      </Button>
    </form>
  );
}
