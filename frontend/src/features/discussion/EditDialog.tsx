// Other words for a turn. The earlier ones are kept with the reason.
import { useState } from "react";
import { Button } from "@/components/Button";
import { Dialog } from "@/components/Dialog";
import { Field } from "@/components/Field";
import { wordsOf } from "@/lib/problem";
import { useLive } from "@/lib/useLive";
import type { Message } from "@/protocol/types";
import { editMessage } from "./api";
import styles from "./Dialogs.module.css";

export function EditDialog({ message, onClose }: { message: Message; onClose: () => void }) {
  const live = useLive();
  const [text, setText] = useState(message.text);
  const [reason, setReason] = useState("");
  const [problem, setProblem] = useState<string>();
  const save = () => {
    if (text.trim() === "") {
      setProblem("Write something. To take the words away, strike the message.");
      return;
    }
    editMessage(live.id, message.id, text, reason).then(onClose, (error: unknown) => {
      setProblem(wordsOf(error));
    });
  };
  return (
    <Dialog title="Edit" onClose={onClose} wide>
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          save();
        }}
      >
        <Field label="Words" data-autofocus lines={8} value={text} onValue={setText} problem={problem} />
        <Field
          label="Why (only you see it)"
          value={reason}
          onValue={setReason}
          hint="Everyone sees the new words at once. The earlier ones stay among the versions."
        />
        <Button type="submit" kind="primary">
          Save
        </Button>
      </form>
    </Dialog>
  );
}
