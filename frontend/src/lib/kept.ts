// What is being written or chosen, kept in this tab until it is done: a reload or a step back loses nothing.

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
