// A new title for a discussion.
import { useState } from "react";
import { wordsOf } from "@/lib/problem";
import { Button } from "./Button";
import { Dialog } from "./Dialog";
import { Field } from "./Field";
import styles from "./TitleDialog.module.css";

interface Props {
  title: string;
  onSave: (title: string) => Promise<unknown>;
  onClose: () => void;
}

export function TitleDialog({ title: before, onSave, onClose }: Props) {
  const [title, setTitle] = useState(before);
  const [problem, setProblem] = useState<string>();
  const save = () => {
    if (title.trim() === "") {
      setProblem("Write a title, or close this to keep the old one.");
      return;
    }
    setProblem(undefined);
    onSave(title.trim()).then(onClose, (error: unknown) => {
      setProblem(wordsOf(error));
    });
  };
  return (
    <Dialog title="Rename" onClose={onClose}>
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          save();
        }}
      >
        <Field label="Title" data-autofocus value={title} onValue={setTitle} problem={problem} />
        <Button type="submit" kind="primary">
          Save
        </Button>
      </form>
    </Dialog>
  );
}
