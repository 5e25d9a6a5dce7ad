// One's own question, and those of the others to vote for. Nobody is asked for a name.
import { ArrowBigUp } from "lucide-react";
import { useState } from "react";
import { Button } from "@/components/Button";
import { Dialog } from "@/components/Dialog";
import { Field } from "@/components/Field";
import { useCommand } from "@/lib/useCommand";
import { remember, remembered } from "@/lib/watch";
import type { Room } from "@/protocol/classroom";
import styles from "./Questions.module.css";

interface Props {
  code: string;
  room: Room;
  onClose: () => void;
}

export function Questions({ code, room, onClose }: Props) {
  const open = room.class.questions === "open";
  return (
    <Dialog title="Ask them" onClose={onClose}>
      <div className={styles.stack}>
        {open ? <Ask /> : <p>Questions are closed just now. Those that are there stay.</p>}
        {room.questions.length > 0 && <Votes code={code} room={room} open={open} />}
      </div>
    </Dialog>
  );
}

function Ask() {
  const { send, sending, problem } = useCommand();
  const [text, setText] = useState("");
  const [asked, setAsked] = useState(false);
  return (
    <form
      className={styles.stack}
      onSubmit={(event) => {
        event.preventDefault();
        if (sending || text.trim() === "") return;
        void send({ type: "ask", text: text.trim() }).then((done) => {
          if (!done) return;
          setText("");
          setAsked(true);
        });
      }}
    >
      <Field
        label="Your question"
        hint="The host sees it first. No name goes with it."
        problem={problem ?? undefined}
        lines={3}
        value={text}
        onValue={(value) => {
          setText(value);
          setAsked(false);
        }}
        data-autofocus
      />
      <Button type="submit" kind="primary" aria-disabled={sending || text.trim() === ""}>
        Send
      </Button>
      <p role="status" className={styles.soft}>
        {asked && "It is with the host now."}
      </p>
    </form>
  );
}

function Votes({ code, room, open }: { code: string; room: Room; open: boolean }) {
  const { send, problem } = useCommand();
  const [voted, setVoted] = useState(() => remembered(code).voted);
  const toggle = (question: string) => {
    const up = !voted.includes(question);
    const now = up ? [...voted, question] : voted.filter((id) => id !== question);
    setVoted(now);
    void send({ type: "vote", question, up }).then((counted) => {
      if (counted) remember(code, { voted: now });
      else setVoted(voted);
    });
  };
  const byVotes = [...room.questions].sort((a, b) => b.votes - a.votes);
  return (
    <section className={styles.stack}>
      <h3 className={styles.heading}>Questions of the class</h3>
      {problem && (
        <p role="alert" className={styles.problem}>
          {problem}
        </p>
      )}
      <ul className={styles.list}>
        {byVotes.map(({ id, text, votes }) => (
          <li key={id}>
            <button
              type="button"
              className={styles.vote}
              aria-pressed={voted.includes(id)}
              aria-label={`Vote for: ${text}`}
              aria-disabled={!open}
              onClick={() => {
                if (open) toggle(id);
              }}
            >
              <ArrowBigUp size={20} aria-hidden />
              {votes}
            </button>
            <p>{text}</p>
          </li>
        ))}
      </ul>
    </section>
  );
}
