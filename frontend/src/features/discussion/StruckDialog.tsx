// The record of what was struck: the owner's alone.
import { useState } from "react";
import { Button } from "@/components/Button";
import { Dialog } from "@/components/Dialog";
import { whenWords } from "@/lib/time";
import { useShown } from "@/lib/useLive";
import type { Message } from "@/protocol/types";
import styles from "./Dialogs.module.css";
import { Versions } from "./Versions";

export function StruckDialog({ onClose }: { onClose: () => void }) {
  const messages = useShown(({ view }) => view?.messages ?? null);
  const struck = messages?.filter(({ status }) => status === "struck") ?? [];
  return (
    <Dialog title="Struck messages" onClose={onClose} wide>
      <p className={styles.soft}>Nobody else can read them, and no model is told of them.</p>
      <ul className={styles.stack}>
        {struck.map((message) => (
          <Struck key={message.id} message={message} />
        ))}
      </ul>
    </Dialog>
  );
}

/** On a projector too nobody sees the words before they are asked for. */
function Struck({ message }: { message: Message }) {
  const [open, setOpen] = useState(false);
  return (
    <li>
      {message.author.name}, {whenWords(message.created_at)}{" "}
      <Button
        kind="quiet"
        aria-expanded={open}
        onClick={() => {
          setOpen(!open);
        }}
      >
        {open ? "Hide the words" : "Show the words"}
      </Button>
      {open && <Versions message={message} />}
    </li>
  );
}
