// How they speak from the next turn on: how long, for whom, in which order.
import { useState } from "react";
import { wordsOf } from "@/lib/api";
import type { Discussion } from "@/protocol/types";
import { changeDiscussion, type Settings } from "./api";
import styles from "./Direct.module.css";

const LENGTHS = { short: "short", normal: "normal", long: "long" };
const LEVELS = { "10": "age 10", "14": "age 14", "18": "age 18", adult: "adults" };
const ORDERS = { balanced: "everyone once a round", round_robin: "always the next seat" };

export function Manner({ discussion }: { discussion: Discussion }) {
  const [problem, setProblem] = useState<string | null>(null);
  const change = (settings: Settings) => {
    setProblem(null);
    changeDiscussion(discussion.id, settings).catch((error: unknown) => {
      setProblem(wordsOf(error));
    });
  };
  return (
    <fieldset className={styles.set}>
      <legend>From the next turn on</legend>
      <div className={styles.line}>
        <Choice
          label="Turns are"
          choices={LENGTHS}
          value={discussion.length ?? "normal"}
          onChoose={(length) => {
            change({ length });
          }}
        />
        <Choice
          label="For"
          choices={LEVELS}
          value={discussion.level ?? "adult"}
          onChoose={(level) => {
            change({ level });
          }}
        />
        <Choice
          label="Order"
          choices={ORDERS}
          value={discussion.turn_order}
          onChoose={(turn_order) => {
            change({ turn_order });
          }}
        />
      </div>
      {problem && (
        <p role="alert" className={styles.problem}>
          {problem}
        </p>
      )}
    </fieldset>
  );
}

interface ChoiceProps<T extends string> {
  label: string;
  choices: Record<T, string>;
  value: T;
  onChoose: (value: T) => void;
}

function Choice<T extends string>({ label, choices, value, onChoose }: ChoiceProps<T>) {
  return (
    <label>
      {label}{" "}
      <select
        value={value}
        onChange={(event) => {
          onChoose(event.target.value as T);
        }}
      >
        {(Object.keys(choices) as T[]).map((choice) => (
          <option key={choice} value={choice}>
            {choices[choice]}
          </option>
        ))}
      </select>
    </label>
  );
}
