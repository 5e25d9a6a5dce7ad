// One turn of the dialogue: who speaks in the margin, the words, and what became of them. The running turn and the
// kept message are the same element, so that nothing jumps when the last word has come.
import { memo, useState, type ReactNode } from "react";
import { Markdown } from "@/components/Markdown";
import { Roundel } from "@/components/Roundel";
import { voiceStyle } from "@/components/voice";
import type { Message, Participant } from "@/protocol/types";
import styles from "./Entry.module.css";
import type { TurnHead } from "@/lib/live";
import { Thinking } from "./Thinking";
import { useShown } from "@/lib/useLive";
import { outcomeOf, timeOf, usageOf } from "./words";

interface Props {
  id: string;
  message: Message | null;
  /** Set while this turn is running. */
  head: TurnHead | null;
  voice: Participant | null;
  /** Offered on the last turn only. */
  onRemedy: ((characterId: string) => void) | null;
}

export const entryId = (id: string): string => `message-${id}`;

export const Entry = memo(function Entry({ id, message, head, voice, onRemedy }: Props) {
  const name = head?.name ?? nameOf(message);
  const [settled] = useState(head === null);
  const host = message !== null && message.author.kind !== "character" && head === null;
  const classes = [styles.entry, settled && styles.settled, host && styles.host, head && styles.running]
    .filter(Boolean)
    .join(" ");
  return (
    <article
      id={entryId(id)}
      aria-label={name}
      aria-busy={head !== null || undefined}
      tabIndex={-1}
      className={classes}
      style={voiceStyle(voice ?? { color: "#6b6255", color_dark: "#a79d8b" })}
    >
      {voice && <Roundel voice={voice} className={styles.roundel} />}
      <div className={styles.head}>
        <span className={styles.name}>{name}</span>
        {head === null && message && <Details message={message} />}
      </div>
      <div className={styles.body}>
        {host ? (
          <p className={styles.words}>{message.text}</p>
        ) : (
          <Speech id={id} kept={message?.text ?? ""} />
        )}
        {head?.state === "thinking" && <Thinking head={head} />}
        {head === null && message && <Outcome message={message} onRemedy={onRemedy} />}
      </div>
    </article>
  );
});

/** "From the class, 14 votes" */
function nameOf(message: Message | null): string {
  if (message?.author.kind !== "audience") return message?.author.name || "Host";
  const votes = message.votes ?? 0;
  return `From the class${votes > 0 ? `, ${String(votes)} ${votes === 1 ? "vote" : "votes"}` : ""}`;
}

function Speech({ id, kept }: { id: string; kept: string }) {
  const text = useShown(({ view }) => (view?.turn?.id === id ? view.turn.text : kept));
  return text === "" ? null : <Markdown text={text} className={styles.speech} />;
}

function Outcome({
  message,
  onRemedy,
}: {
  message: Message;
  onRemedy: ((characterId: string) => void) | null;
}) {
  const outcome = outcomeOf(message);
  if (outcome === null) return null;
  const speaker = message.author.id;
  return (
    <p className={styles.outcome}>
      {outcome.text}
      {outcome.remedy && onRemedy && speaker && (
        <button
          type="button"
          className={styles.remedy}
          onClick={() => {
            onRemedy(speaker);
          }}
        >
          {outcome.remedy}
        </button>
      )}
    </p>
  );
}

function Details({ message }: { message: Message }) {
  const time = timeOf(message.created_at);
  const more = usageOf(message.usage);
  if (message.version > 1) more.unshift(`version ${String(message.version)}`);
  if (more.length === 0) return <Time iso={message.created_at}>{time}</Time>;
  return (
    <details className={styles.details}>
      <summary aria-label={`${time}, details`}>
        <Time iso={message.created_at}>{time}</Time>
      </summary>
      <span className={styles.usage}>{more.join(" · ")}</span>
    </details>
  );
}

function Time({ iso, children }: { iso: string; children: ReactNode }) {
  return (
    <time className={styles.time} dateTime={iso}>
      {children}
    </time>
  );
}
