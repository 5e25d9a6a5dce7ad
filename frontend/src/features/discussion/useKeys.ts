// Space, Escape, 1 to 6 and ? steer the discussion, but only where no control has the focus and no dialog is open.
import { useEffect } from "react";

export interface Keys {
  next: () => void;
  stop: () => void;
  /** From 1. */
  speaker: (place: number) => void;
  help: () => void;
}

function pageHasFocus(): boolean {
  const focused = document.activeElement;
  const nowhere = focused === null || focused === document.body || focused.matches("main, article");
  return nowhere && document.querySelector("dialog[open]") === null;
}

export function useKeys({ next, stop, speaker, help }: Keys): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || !pageHasFocus()) return;
      if (event.key === " ") next();
      else if (event.key === "Escape") stop();
      else if (event.key === "?") help();
      else if (/^[1-6]$/.test(event.key)) speaker(Number(event.key));
      else return;
      event.preventDefault();
    };
    window.addEventListener("keydown", onKey);
    return () => {
      window.removeEventListener("keydown", onKey);
    };
  }, [next, stop, speaker, help]);
}
