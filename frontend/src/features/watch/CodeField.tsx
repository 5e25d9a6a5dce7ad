// Where a code is entered, and what is said where one opens nothing.
import { useState } from "react";
import { Button } from "@/components/Button";
import { codeOf } from "@/lib/watch";
import styles from "./CodeField.module.css";

const LENGTH = 6;

interface Props {
  /** What happened to the code that brought one here. */
  title?: string;
  words?: string;
}

export function CodeField({ title = "Watch a discussion", words }: Props) {
  const [text, setText] = useState("");
  const code = codeOf(text);
  return (
    <main className={styles.page}>
      <h1>{title}</h1>
      {words && <p className={styles.words}>{words}</p>}
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          if (code.length === LENGTH) window.location.assign(`/watch/${code}`);
        }}
      >
        <label htmlFor="code">The code on the wall</label>
        <input
          id="code"
          className={styles.code}
          value={text}
          maxLength={LENGTH + 2}
          autoCapitalize="characters"
          autoComplete="off"
          autoCorrect="off"
          spellCheck={false}
          enterKeyHint="go"
          onChange={(event) => {
            setText(event.target.value.toUpperCase());
          }}
        />
        <Button type="submit" kind="primary" aria-disabled={code.length !== LENGTH}>
          Watch
        </Button>
      </form>
      <p className={styles.words}>No account, no name: you only look on.</p>
    </main>
  );
}
