// What is being written or chosen, kept in this tab until it is done: a reload or a step back loses nothing.
import { useCallback, useState } from "react";

export function readKept<T>(key: string): T | null {
  try {
    const kept = sessionStorage.getItem(`chatlab.${key}`);
    return kept === null ? null : (JSON.parse(kept) as T);
  } catch {
    return null;
  }
}

/** `null` forgets it. */
export function writeKept(key: string, value: unknown): void {
  try {
    if (value === null) sessionStorage.removeItem(`chatlab.${key}`);
    else sessionStorage.setItem(`chatlab.${key}`, JSON.stringify(value));
  } catch {
    // Storage may be forbidden or full; the value then lasts as long as the page.
  }
}

/** Forgets everything: whoever uses this tab next is somebody else. */
export function forgetKept(): void {
  try {
    const keys = Object.keys(sessionStorage).filter((key) => key.startsWith("chatlab."));
    for (const key of keys) sessionStorage.removeItem(key);
  } catch {
    // Nothing was kept.
  }
}

/** State that begins with what was kept. */
export function useKept<T extends object>(key: string, initial: T): [T, (change: Partial<T>) => void] {
  const [value, setValue] = useState<T>(() => ({ ...initial, ...readKept<Partial<T>>(key) }));
  const change = useCallback(
    (part: Partial<T>) => {
      setValue((before) => {
        const next = { ...before, ...part };
        writeKept(key, next);
        return next;
      });
    },
    [key],
  );
  return [value, change];
}
