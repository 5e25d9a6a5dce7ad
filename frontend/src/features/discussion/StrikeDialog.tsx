// Takes a message from every screen. Only its record stays, with the reason.
import { useState } from "react";
import { Button } from "@/components/Button";
import { Dialog } from "@/components/Dialog";
import { Field } from "@/components/Field";
import { useCommand } from "@/lib/useCommand";
import type { Message } from "@/protocol/types";
import styles from "./Dialogs.module.css";

export function StrikeDialog({ message, onClose }: { message: Message; onClose: () => void }) {
  const { send, problem, sending } = useCommand();
  const [reason, setReason] = useState("");
  const strike = async () => {
    const why = reason.trim();
    const struck = await send({ type: "strike", message_id: message.id, ...(why !== "" && { reason: why }) });
    if (struck) onClose();
  };
  return (
    <Dialog title="Strike this message?" onClose={onClose}>
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          if (!sending) void strike();
        }}
      >
        <p>
          It disappears from every screen, from what the characters know, from search and from exports. You
          alone can still read it, under “Direct”. It cannot be brought back.
        </p>
        <Field
          label="Why (only you see it)"
          data-autofocus
          value={reason}
          onValue={setReason}
          problem={problem ?? undefined}
        />
        <Button type="submit" kind="primary" aria-disabled={sending}>
          Strike
        </Button>
      </form>
    </Dialog>
  );
}
