// Reads each finished message to a screen reader once; the running text is silent.
import type { Message } from "@/protocol/types";
import { useShown } from "@/lib/useLive";
import { outcomeOf } from "./words";

function wordsFor(message: Message): string {
  if (message.status === "struck" || message.status === "streaming") return "";
  const outcome = outcomeOf(message)?.text ?? "";
  return `${message.author.name || "Host"}: ${message.text} ${outcome}`.trim();
}

export function Announcer() {
  const message = useShown(({ announced }) => announced);
  return (
    <div className="visually-hidden" aria-live="polite" aria-atomic="true">
      {message && wordsFor(message)}
    </div>
  );
}
