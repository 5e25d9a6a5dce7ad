// Space, Escape, 1 to 6 and ? steer the discussion, but only where no control has the focus and no dialog is open. While turns
// follow by themselves every key ends that, wherever nobody writes, and Escape the running turn too.
import { useEffect } from "react";

export interface Keys {
  next: () => void;
  stop: () => void;
  /** From 1. */
  speaker: (place: number) => void;
  help: () => void;
  /** Set while turns follow by themselves. */
  endAuto: (() => void) | null;
}

/** They move about on the page or change the meaning of another key: nobody means the discussion by them. */
const NOT_A_PRESS = /^(Tab|Shift|Control|Alt|AltGraph|Meta|CapsLock|Page.*|Arrow.*|Home|End|F\d+)$/;

/** Keys are words there, or choose something. */
const WRITING =
  "input:not([type=checkbox], [type=radio], [type=button]), textarea, select, [contenteditable]";

/** Who gets the keys: nobody but the page, a control that Enter and Space work, or somebody who writes. */
function focus(): "page" | "control" | "writing" {
  const focused = document.activeElement;
  if (document.querySelector("dialog[open]") !== null || focused?.matches(WRITING)) return "writing";
  const nowhere = focused === null || focused === document.body || focused.matches("main, article");
  return nowhere ? "page" : "control";
}

export function useKeys({ next, stop, speaker, help, endAuto }: Keys): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
      const at = focus();
      const { key } = event;
      if (at === "writing") return;
      if (key === "Escape") stop();
      else if (endAuto !== null && !NOT_A_PRESS.test(key)) endAuto();
      else if (at === "control") return;
      else if (key === " ") next();
      else if (key === "?") help();
      else if (/^[1-6]$/.test(key)) speaker(Number(key));
      else return;
      // A control does what its own keys say as well: Enter on Stop stops.
      if (at === "page") event.preventDefault();
    };
    window.addEventListener("keydown", onKey);
    return () => {
      window.removeEventListener("keydown", onKey);
    };
  }, [next, stop, speaker, help, endAuto]);
}
