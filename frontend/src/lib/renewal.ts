// The name of a renewal, kept until it is answered: a page that is reloaded meanwhile still has the old cookie, and is given the
// same answer for the same name.
import { newId } from "./id";

const KEY = "chatlab.renewal";

export function renewalKey(): string {
  try {
    const key = localStorage.getItem(KEY) ?? newId();
    localStorage.setItem(KEY, key);
    return key;
  } catch {
    return newId();
  }
}

export function renewalAnswered(): void {
  try {
    localStorage.removeItem(KEY);
  } catch {
    // Nothing was kept.
  }
}
