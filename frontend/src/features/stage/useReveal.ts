// The clock of the reveal: one word at a time.
import { useEffect, useRef, useState } from "react";
import { useShown } from "@/lib/useLive";
import { advance, begin, scriptOf, type Part, type Reveal } from "./reveal";

const AS_IT_COMES_MS = 40;

export interface Scene {
  /** What is shown now, cut to where the reveal is. */
  part: Part | null;
  /** The part before it. */
  before: Part | null;
  /** Everything that is there is shown. */
  atEnd: boolean;
}

export function useReveal(wordsPerMinute: number, paused: boolean): Scene {
  const messages = useShown(({ view }) => view?.messages ?? null);
  const turn = useShown(({ view }) => view?.turn ?? null);
  const script = scriptOf(messages ?? [], turn);
  const latest = useRef(script);
  const ready = messages !== null;
  const [reveal, setReveal] = useState<Reveal | null>(null);

  useEffect(() => {
    latest.current = script;
  });
  useEffect(() => {
    if (ready) setReveal(begin(latest.current));
  }, [ready]);
  useEffect(() => {
    if (paused || !ready) return;
    const asItComes = wordsPerMinute === 0;
    const tick = () => {
      setReveal((now) => advance(now, latest.current, asItComes ? Infinity : 1));
    };
    const timer = setInterval(tick, asItComes ? AS_IT_COMES_MS : 60_000 / wordsPerMinute);
    return () => {
      clearInterval(timer);
    };
  }, [paused, ready, wordsPerMinute]);

  const index = script.findIndex(({ id }) => id === reveal?.id);
  const part = script[index];
  if (reveal === null || part === undefined) return { part: null, before: null, atEnd: true };
  return {
    part: { ...part, text: part.text.slice(0, reveal.shown) },
    before: script[index - 1] ?? null,
    atEnd: part.done && reveal.shown >= part.text.length && index === script.length - 1,
  };
}
