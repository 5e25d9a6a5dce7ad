// Before the first word: who is thinking and for how long, and what the server says about the wait.
import { useEffect, useState } from "react";
import styles from "./Entry.module.css";
import type { TurnHead } from "@/lib/live";
import { useShown } from "@/lib/useLive";

const LONGEST_BELIEVED_MS = 600_000;

/** A snapshot tells when the turn began; a clock that is far off is not believed. */
function beginningOf(head: TurnHead, now: number): number {
  const told = head.started_at === null ? NaN : Date.parse(head.started_at);
  return told <= now && now - told < LONGEST_BELIEVED_MS ? told : now;
}

export function Thinking({ head }: { head: TurnHead }) {
  const [began] = useState(() => beginningOf(head, Date.now()));
  const [seconds, setSeconds] = useState(0);
  // One of no turn is about the discussion as a whole, and is told elsewhere.
  const notice = useShown(({ view }) => (view?.notice?.turn ? view.notice.text : null));
  useEffect(() => {
    const tick = () => {
      setSeconds(Math.floor((Date.now() - began) / 1000));
    };
    const timer = setInterval(tick, 1000);
    return () => {
      clearInterval(timer);
    };
  }, [began]);
  return (
    <p className={styles.thinking}>
      {notice ?? "thinking…"}
      {seconds > 0 && <span className={styles.seconds}> {seconds} s</span>}
    </p>
  );
}
