// Asks once before something is gone for good. A failure is told here, and the question stays.
import { useState, type ReactNode } from "react";
import { wordsOf } from "@/lib/problem";
import { Button } from "./Button";
import styles from "./ConfirmDialog.module.css";
import { Dialog } from "./Dialog";

interface Props {
  title: string;
  /** The button's words: what will be done. */
  action: string;
  onConfirm: () => Promise<unknown>;
  onClose: () => void;
  children: ReactNode;
}

export function ConfirmDialog({ title, action, onConfirm, onClose, children }: Props) {
  const [pending, setPending] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const confirm = () => {
    if (pending) return;
    setPending(true);
    setProblem(null);
    onConfirm().then(onClose, (error: unknown) => {
      setPending(false);
      setProblem(wordsOf(error));
    });
  };
  return (
    <Dialog title={title} onClose={onClose}>
      <div className={styles.question}>
        <p>{children}</p>
        {problem && (
          <p role="alert" className={styles.problem}>
            {problem}
          </p>
        )}
        <div className={styles.actions}>
          <Button kind="primary" aria-disabled={pending} onClick={confirm}>
            {action}
          </Button>
          <Button data-autofocus onClick={onClose}>
            Keep
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
