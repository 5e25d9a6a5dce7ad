// The host's own line. It may be sent while someone speaks; what was written stays until the server has it.
import { SendHorizontal } from "lucide-react";
import { useId, useState, type KeyboardEvent } from "react";
import { Button } from "@/components/Button";
import { wordsOf } from "@/lib/api";
import { useLanguage } from "@/lib/hooks";
import { CommandError } from "@/lib/socket";
import styles from "./Dock.module.css";
import { useLive } from "@/lib/useLive";

export function Composer({ onSent }: { onSent: () => void }) {
  const live = useLive();
  const language = useLanguage();
  const id = useId();
  const [text, setText] = useState("");
  const [sending, setSending] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);

  const send = () => {
    if (sending || text.trim() === "") return;
    setSending(true);
    setProblem(null);
    live
      .say(text.trim())
      .then(() => {
        setText("");
        onSent();
      })
      .catch((error: unknown) => {
        setProblem(error instanceof CommandError ? error.message : wordsOf(error));
      })
      .finally(() => {
        setSending(false);
      });
  };

  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    if (event.key === "Escape") event.currentTarget.blur();
    if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    send();
  };

  return (
    <form
      className={styles.composer}
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <label htmlFor={id} className="visually-hidden">
        Message
      </label>
      <textarea
        id={id}
        className={styles.message}
        rows={1}
        lang={language}
        value={text}
        readOnly={sending}
        placeholder="Say something to them"
        aria-describedby={problem ? `${id}-problem` : undefined}
        aria-invalid={problem !== null || undefined}
        onChange={(event) => {
          setText(event.target.value);
        }}
        onKeyDown={onKeyDown}
      />
      <Button
        type="submit"
        icon
        aria-label="Send"
        title="Send (Enter)"
        aria-disabled={sending || text.trim() === ""}
      >
        <SendHorizontal size={20} aria-hidden />
      </Button>
      {problem && (
        <p id={`${id}-problem`} role="alert" className={styles.problem}>
          {problem}
        </p>
      )}
    </form>
  );
}
