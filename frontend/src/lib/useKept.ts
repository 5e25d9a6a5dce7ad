// State that outlives a reload of the tab.
import { useCallback, useState } from "react";
import { readKept, writeKept } from "./kept";

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
