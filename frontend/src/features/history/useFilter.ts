// What is looked for is part of the address, so that a step back finds the same list.
import { useEffect, useState } from "react";
import { useSearchParams } from "wouter";
import type { Filter } from "./discussions";

const PAUSE_MS = 250;
/** How the address says it. */
const ARCHIVED = { "": "", alone: "yes", too: "all" } as const;

export interface Filtering {
  /** As they are being written; the list follows after a pause. */
  words: string;
  setWords: (words: string) => void;
  filter: Filter;
  change: (part: Partial<Filter>) => void;
}

function read(params: URLSearchParams): Filter {
  const of = (name: string) => params.get(name) ?? "";
  return {
    words: of("q"),
    character: of("with"),
    from: of("from"),
    to: of("to"),
    archived: of("archive") === ARCHIVED.alone ? "alone" : of("archive") === ARCHIVED.too ? "too" : "",
  };
}

function write({ words, character, from, to, archived }: Filter): Record<string, string> {
  const all = { q: words, with: character, from, to, archive: ARCHIVED[archived] };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== ""));
}

export function useFilter(): Filtering {
  const [params, setParams] = useSearchParams();
  const filter = read(params);
  const [words, setWords] = useState(filter.words);
  const change = (part: Partial<Filter>) => {
    setParams(write({ ...filter, words: words.trim(), ...part }), { replace: true });
  };
  useEffect(() => {
    if (words.trim() === read(params).words) return;
    const timer = setTimeout(() => {
      setParams(write({ ...read(params), words: words.trim() }), { replace: true });
    }, PAUSE_MS);
    return () => {
      clearTimeout(timer);
    };
  }, [words, params, setParams]);
  return { words, setWords, filter, change };
}
