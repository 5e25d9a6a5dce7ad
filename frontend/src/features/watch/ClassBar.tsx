// The class's own row, under the thumb: what the next one will do, how a turn was taken, and one button to ask.
import { MessageCircleQuestionMark } from "lucide-react";
import { useState } from "react";
import { Button } from "@/components/Button";
import { CHOICES } from "@/components/choices";
import { useCommand } from "@/lib/useCommand";
import { useShown } from "@/lib/useLive";
import type { Choice, Prediction, Room } from "@/protocol/classroom";
import styles from "./ClassBar.module.css";
import { Questions } from "./Questions";

export function ClassBar({ code }: { code: string }) {
  const room = useShown(({ view }) => view?.room ?? null);
  // Before anything is said there is nothing to agree with.
  const begun = useShown(({ view }) => (view?.messages.length ?? 0) > 0);
  const [asking, setAsking] = useState(false);
  if (room === null) return null;
  const { class: rules, prediction, reactions } = room;
  return (
    <>
      {begun && rules.predictions && prediction?.open && <Predict prediction={prediction} />}
      <div className={styles.row}>
        {rules.reactions && reactions.turn && <React key={reactions.turn} room={room} />}
        {rules.questions !== "off" && (
          <Button
            className={styles.ask}
            onClick={() => {
              setAsking(true);
            }}
          >
            <MessageCircleQuestionMark size={18} aria-hidden />
            Ask
            {room.questions.length > 0 && <span className={styles.count}>{room.questions.length}</span>}
          </Button>
        )}
      </div>
      {asking && (
        <Questions
          code={code}
          room={room}
          onClose={() => {
            setAsking(false);
          }}
        />
      )}
    </>
  );
}

function Predict({ prediction }: { prediction: Prediction }) {
  const { send, problem } = useCommand();
  const [chosen, setChosen] = useState<{ about: string | null; choice: Choice } | null>(null);
  const name = useShown(
    ({ view }) =>
      view?.discussion.participants.find(({ character_id }) => character_id === prediction.character_id)
        ?.name ?? null,
  );
  // A new turn is a new prediction, also of the same character.
  const about = `${prediction.character_id ?? ""} ${prediction.revealed?.message_id ?? ""}`;
  if (name === null) return null;
  return (
    <fieldset className={styles.predict}>
      <legend>What will {name} do?</legend>
      {CHOICES.map(({ choice, label }) => (
        <button
          key={choice}
          type="button"
          className={styles.choice}
          aria-pressed={chosen?.about === about && chosen.choice === choice}
          onClick={() => {
            setChosen({ about, choice });
            void send({ type: "vote", prediction: choice }).then((counted) => {
              if (!counted) setChosen(null);
            });
          }}
        >
          {label}
        </button>
      ))}
      {problem && (
        <p role="alert" className={styles.problem}>
          {problem}
        </p>
      )}
    </fieldset>
  );
}

function React({ room }: { room: Room }) {
  const { send } = useCommand();
  const [given, setGiven] = useState<string[]>([]);
  return (
    <div className={styles.reactions} role="group" aria-label="Reactions to this turn">
      {room.class.emoji.map((emoji) => {
        const count = room.reactions.counts[emoji] ?? 0;
        return (
          <button
            key={emoji}
            type="button"
            className={styles.emoji}
            aria-pressed={given.includes(emoji)}
            aria-label={`${emoji} ${String(count)}`}
            onClick={() => {
              if (given.includes(emoji)) return;
              setGiven((before) => [...before, emoji]);
              void send({ type: "react", emoji });
            }}
          >
            {emoji}
            <span className={styles.tally}>{count > 0 && count}</span>
          </button>
        );
      })}
    </div>
  );
}
