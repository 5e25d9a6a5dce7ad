// What the stage's own keys change: on this one screen, until the host's next word for all of them.
import { useEffect, useState } from "react";
import type { Stage } from "@/protocol/classroom";

const STEP = 1.1;
const SMALLEST = 0.6;
const LARGEST = 2.5;

export const STANDARD: Stage = {
  blank: false,
  pause: false,
  words_per_minute: 180,
  type_size: 100,
  show_code: true,
  show: "discussion",
};

interface Own {
  blank: boolean | null;
  pause: boolean | null;
  scale: number;
}

/** The host's stage with this screen's own wishes over it. */
export function useScreen(told: Stage | null): Stage {
  const stage = told ?? STANDARD;
  const [own, setOwn] = useState<Own>({ blank: null, pause: null, scale: 1 });
  const [heard, setHeard] = useState(told);
  if (heard !== told) {
    setHeard(told);
    if (heard?.blank !== told?.blank) setOwn((before) => ({ ...before, blank: null }));
    if (heard?.pause !== told?.pause) setOwn((before) => ({ ...before, pause: null }));
  }
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const key = event.key.toLowerCase();
      if (key === "b") setOwn((before) => ({ ...before, blank: !(before.blank ?? stage.blank) }));
      else if (key === "p") setOwn((before) => ({ ...before, pause: !(before.pause ?? stage.pause) }));
      else if (key === "+" || key === "=") setOwn((before) => scaled(before, STEP));
      else if (key === "-") setOwn((before) => scaled(before, 1 / STEP));
      else if (key === "d") switchTheme();
      else if (key === "f") fillScreen();
      else return;
      event.preventDefault();
    };
    window.addEventListener("keydown", onKey);
    window.addEventListener("click", fillScreen);
    return () => {
      window.removeEventListener("keydown", onKey);
      window.removeEventListener("click", fillScreen);
    };
  }, [stage.blank, stage.pause]);
  return {
    ...stage,
    blank: own.blank ?? stage.blank,
    pause: own.pause ?? stage.pause,
    type_size: stage.type_size * own.scale,
  };
}

function scaled(own: Own, factor: number): Own {
  return { ...own, scale: Math.min(LARGEST, Math.max(SMALLEST, own.scale * factor)) };
}

/** Not remembered: the room's light is not the reader's taste. */
function switchTheme(): void {
  const { dataset } = document.documentElement;
  const chosen = dataset["theme"];
  const dark = chosen ? chosen === "dark" : window.matchMedia("(prefers-color-scheme: dark)").matches;
  dataset["theme"] = dark ? "light" : "dark";
}

/** Needs a click or a key. Where it is forbidden the window stays as it is. */
function fillScreen(): void {
  if (document.fullscreenElement === null)
    document.documentElement.requestFullscreen().catch(() => undefined);
}
