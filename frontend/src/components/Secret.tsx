// Something that is shown once: with a button that copies it.
import { useState } from "react";
import { copyText } from "@/lib/clipboard";
import { Button } from "./Button";
import styles from "./Secret.module.css";

interface Props {
  /** What it is, for screen readers. */
  label: string;
  text: string;
  /** What to know about it. */
  words: string;
}

export function Secret({ label, text, words }: Props) {
  const [state, setState] = useState("");
  return (
    <div className={styles.secret} role="group" aria-label={label}>
      <p>{words}</p>
      <code tabIndex={0}>{text}</code>
      <div className={styles.row}>
        <Button
          onClick={() => {
            copyText(Promise.resolve(text)).then(
              () => {
                setState("Copied");
              },
              () => {
                setState("Select it and copy it by hand.");
              },
            );
          }}
        >
          Copy
        </Button>
        <span role="status">{state}</span>
      </div>
    </div>
  );
}
