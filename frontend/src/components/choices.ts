// What a class predicts of the next speaker, in words.
import type { Choice, Split } from "@/protocol/classroom";

export const CHOICES: { choice: Choice; label: string; past: string }[] = [
  { choice: "agree", label: "Agree", past: "to agree" },
  { choice: "object", label: "Object", past: "to object" },
  { choice: "turn", label: "Turn the question", past: "to turn the question" },
];

/** "The class expected him: 12 to agree, 5 to object" without those nobody chose; null where nobody predicted. */
export function splitWords(split: Split): string | null {
  const parts = CHOICES.filter(({ choice }) => split[choice] > 0).map(
    ({ choice, past }) => `${String(split[choice])} ${past}`,
  );
  return parts.length === 0 ? null : `The class expected: ${parts.join(", ")}.`;
}
