// The character says something, while it is still being made: a real turn of the voices that are set up, kept nowhere.
import { useEffect, useRef, useState } from "react";
import { Button } from "@/components/Button";
import { Field } from "@/components/Field";
import { Markdown } from "@/components/Markdown";
import { api, wordsOf } from "@/lib/api";
import { useKept } from "@/lib/useKept";
import { bodyOf, type Card } from "./cards";
import styles from "./TryOut.module.css";

type Told =
  { type: "delta"; text: string } | { type: "notice"; text: string } | { type: "end"; error: string | null };

interface Turn {
  text: string;
  /** What one waits for, or what went wrong. */
  words: string | null;
  running: boolean;
}

const NOTHING: Turn = { text: "", words: null, running: false };

export function TryOut({ card }: { card: Card }) {
  const [{ topic }, keep] = useKept("tryout", { topic: "What should every child learn?" });
  const [turn, setTurn] = useState<Turn>(NOTHING);
  const running = useRef<AbortController | null>(null);
  useEffect(() => () => running.current?.abort(), []);
  const change = (part: (before: Turn) => Partial<Turn>) => {
    setTurn((before) => ({ ...before, ...part(before) }));
  };
  const stop = () => {
    running.current?.abort();
    change(() => ({ running: false, words: null }));
  };
  const speak = () => {
    if (turn.running || topic.trim() === "") return;
    const controller = new AbortController();
    running.current = controller;
    setTurn({ text: "", words: null, running: true });
    const hear = (told: Told) => {
      if (told.type === "delta") change(({ text }) => ({ text: text + told.text, words: null }));
      else if (told.type === "notice") change(() => ({ words: told.text }));
      else change(() => ({ words: told.error, running: false }));
    };
    const listen = async () => {
      const body = { character: bodyOf(card), topic };
      for await (const { data } of api.events("/api/characters/preview", body, controller.signal))
        hear(data as Told);
    };
    listen()
      .catch((error: unknown) => {
        if (!controller.signal.aborted) change(() => ({ words: wordsOf(error) }));
      })
      .finally(() => {
        if (running.current === controller) change(() => ({ running: false }));
      });
  };
  return (
    <section className={styles.tryout} aria-labelledby="tryout">
      <h3 id="tryout">Try them out</h3>
      <Field
        label="On this topic"
        value={topic}
        limit={1_000}
        autoComplete="off"
        onValue={(words) => {
          keep({ topic: words });
        }}
      />
      <Button onClick={turn.running ? stop : speak} aria-disabled={!turn.running && card.name.trim() === ""}>
        {turn.running ? "Stop" : "Let them speak"}
      </Button>
      <div className={styles.words} aria-live="polite" aria-busy={turn.running}>
        {turn.text !== "" && <Markdown text={turn.text} />}
        {turn.running && turn.text === "" && turn.words === null && <p className={styles.soft}>Thinking…</p>}
        {turn.words !== null && <p className={styles.soft}>{turn.words}</p>}
      </div>
      <p className={styles.soft}>Nothing of it is kept. It counts as a turn of today’s budget.</p>
    </section>
  );
}
