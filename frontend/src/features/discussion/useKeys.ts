// Space, Escape, 1 to 6 and ? steer the discussion, but only where no control has the focus and no dialog is open. While turns
// follow by themselves every key ends that, and Escape the running turn too.
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

function pageHasFocus(): boolean {
  const focused = document.activeElement;
  const nowhere = focused === null || focused === document.body || focused.matches("main, article");
  return nowhere && document.querySelector("dialog[open]") === null;
}

export function useKeys({ next, stop, speaker, help, endAuto }: Keys): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || !pageHasFocus()) return;
      if (event.key === "Escape") stop();
      else if (endAuto !== null && !NOT_A_PRESS.test(event.key)) endAuto();
      else if (event.key === " ") next();
      else if (event.key === "?") help();
      else if (/^[1-6]$/.test(event.key)) speaker(Number(event.key));
      else return;
      event.preventDefault();
    };
    window.addEventListener("keydown", onKey);
    return () => {
      window.removeEventListener("keydown", onKey);
    };
  }, [next, stop, speaker, help, endAuto]);
}
