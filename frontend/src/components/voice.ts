// A voice's colour pair as custom properties; CSS picks the one for the ground through `--voice`.
import type { CSSProperties } from "react";

export interface Voice {
  /** A character's own id, or a participant's reference to it: by it the photograph is found. */
  id?: string;
  character_id?: string;
  name: string;
  color: string;
  color_dark?: string | null;
  avatar_url: string | null;
}

/** Put on an element whose class sets `--voice: light-dark(var(--voice-light), var(--voice-dark))`. */
export function voiceStyle(voice: Pick<Voice, "color" | "color_dark">): CSSProperties {
  return { "--voice-light": voice.color, "--voice-dark": voice.color_dark ?? voice.color } as CSSProperties;
}

/** "Jean-Jacques Rousseau" is JR, "White Hat" is WH. */
export function initialsOf(name: string): string {
  const words = name.split(/\s+/).filter((word) => /^\p{L}/u.test(word));
  const letters = words.length > 1 ? [words[0], words.at(-1)] : words;
  return letters
    .map((word) => Array.from(word ?? "")[0] ?? "")
    .join("")
    .toUpperCase();
}
