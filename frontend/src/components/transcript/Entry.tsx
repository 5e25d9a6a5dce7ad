// One turn of the dialogue: who speaks in the margin, the words, and what became of them. The running turn and the
// kept message are the same element, so that nothing jumps when the last word has come.
import { Ellipsis } from "lucide-react";
import { memo, useState, type ComponentType, type ReactNode } from "react";
import { Markdown } from "@/components/Markdown";
import { Roundel } from "@/components/Roundel";
import { splitWords } from "@/components/choices";
import { voiceStyle } from "@/components/voice";
import type { Figure, Message } from "@/protocol/types";
import styles from "./Entry.module.css";
import type { TurnHead } from "@/lib/live";
import { Thinking } from "./Thinking";
import { useShown } from "@/lib/useLive";
import { outcomeOf, timeOf, usageOf, type Remedy } from "./words";

/** What the host can do with a turn, in a line of its own that is opened at the time beside the name. */
export type TurnTools = ComponentType<{ id: string; message: Message | null }>;

interface Props {
  id: string;
  message: Message | null;
  /** Set while this turn is running. */
  head: TurnHead | null;
  voice: Figure | null;
  /** The host's. */
  onRemedy: OnRemedy | null;
  tools: TurnTools | null;
}

export type OnRemedy = (messageId: string, remedy: Remedy) => void;

export const entryId = (id: string): string => `message-${id}`;

export const Entry = memo(function Entry({ id, message, head, voice, onRemedy, tools: Tools }: Props) {
  const name = head?.name ?? nameOf(message);
  const [settled] = useState(head === null);
  const [open, setOpen] = useState(false);
  const kind = head === null ? (message?.author.kind ?? "character") : "character";
  const look = kind === "character" ? null : kind === "notice" ? styles.direction : styles.host;
  const classes = [styles.entry, settled && styles.settled, look, head && styles.running]
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
        {Tools ? (
          <Handle
            message={head ? null : message}
            open={open}
            onToggle={() => {
              setOpen(!open);
            }}
          />
        ) : (
          head === null && message && <Details message={message} />
        )}
      </div>
      <div className={styles.body}>
        {kind === "character" ? (
          <Speech id={id} kept={message?.text ?? ""} />
        ) : (
          <p className={styles.words}>{message?.text}</p>
        )}
        {head?.state === "thinking" && <Thinking head={head} />}
        {head === null && message && <Outcome message={message} onRemedy={onRemedy} />}
        {head === null && <Foretold id={id} />}
        {open && Tools && <Tools id={id} message={head ? null : message} />}
      </div>
    </article>
  );
});

/** The time, which opens what can be done with the turn. */
function Handle({
  message,
  open,
  onToggle,
}: {
  message: Message | null;
  open: boolean;
  onToggle: () => void;
}) {
  const time = message ? timeOf(message.created_at) : "now";
  return (
    <button
      type="button"
      className={styles.handle}
      aria-expanded={open}
      aria-label={`${time}, details`}
      title="What can be done with this turn"
      onClick={onToggle}
    >
      {message ? <Time iso={message.created_at}>{time}</Time> : null}
      {message && message.version > 1 && <span className={styles.time}>version {message.version}</span>}
      <Ellipsis size={16} aria-hidden />
    </button>
  );
}

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

/** What the class had predicted of this turn, told after it. */
function Foretold({ id }: { id: string }) {
  const split = useShown(({ view }) => {
    const revealed = view?.room?.prediction?.revealed;
    return revealed?.message_id === id ? revealed.split : null;
  });
  const words = split && splitWords(split);
  return words ? <p className={styles.foretold}>{words}</p> : null;
}

function Outcome({ message, onRemedy }: { message: Message; onRemedy: OnRemedy | null }) {
  const outcome = outcomeOf(message);
  if (outcome === null) return null;
  return (
    <p className={styles.outcome}>
      {outcome.text}
      {onRemedy &&
        outcome.remedies.map((remedy) => (
          <button
            key={remedy}
            type="button"
            className={styles.remedy}
            onClick={() => {
              onRemedy(message.id, remedy);
            }}
          >
            {remedy}
          </button>
        ))}
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
