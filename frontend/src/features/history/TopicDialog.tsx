// A new discussion with the cast of another one.
import { useState } from "react";
import { useLocation } from "wouter";
import { Button } from "@/components/Button";
import { Dialog } from "@/components/Dialog";
import { Field } from "@/components/Field";
import { wordsOf } from "@/lib/problem";
import { duplicateDiscussion, type Listed } from "./discussions";
import styles from "./History.module.css";

export function TopicDialog({ discussion, onClose }: { discussion: Listed; onClose: () => void }) {
  const [, navigate] = useLocation();
  const [topic, setTopic] = useState("");
  const [problem, setProblem] = useState<string>();
  const begin = () => {
    if (topic.trim() === "") {
      setProblem("Write what they are to discuss.");
      return;
    }
    duplicateDiscussion(discussion.id, topic.trim()).then(
      (made) => {
        navigate(`/discussions/${made.id}`);
      },
      (error: unknown) => {
        setProblem(wordsOf(error));
      },
    );
  };
  return (
    <Dialog title="Same cast, new topic" onClose={onClose}>
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          begin();
        }}
      >
        <p>
          With {discussion.participants.map(({ name }) => name).join(", ")}, in the same order and manner.
        </p>
        <Field label="Topic" data-autofocus lines={2} value={topic} onValue={setTopic} problem={problem} />
        <Button type="submit" kind="primary">
          Begin
        </Button>
      </form>
    </Dialog>
  );
}
