// Deleting oneself with everything that is one's own: says what goes, and asks for a typed word first.
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useLocation } from "wouter";
import { Button } from "@/components/Button";
import { Dialog } from "@/components/Dialog";
import { Field } from "@/components/Field";
import { api, wordsOf } from "@/lib/api";
import { endDeleted, type User } from "@/lib/session";
import styles from "./Account.module.css";

const WORD = "delete";

interface Props {
  user: User;
  /** One signs in there: that is not ours to delete. */
  supabase: boolean;
}

export function Deletion({ user, supabase }: Props) {
  const [asking, setAsking] = useState(false);
  const what = user.kind === "guest" ? "everything of mine" : "my account";
  return (
    <>
      <Button
        className={styles.action}
        onClick={() => {
          setAsking(true);
        }}
      >
        Delete {what}
      </Button>
      {asking && (
        <Question
          what={what}
          supabase={supabase}
          onClose={() => {
            setAsking(false);
          }}
        />
      )}
    </>
  );
}

interface QuestionProps {
  what: string;
  supabase: boolean;
  onClose: () => void;
}

function Question({ what, supabase, onClose }: QuestionProps) {
  const [, navigate] = useLocation();
  const [written, setWritten] = useState("");
  const ready = written.trim().toLowerCase() === WORD;
  const deleting = useMutation({
    mutationFn: async () => {
      await api.delete("/api/me");
      await endDeleted();
    },
    onSuccess: () => {
      navigate("/sign-in");
    },
  });
  return (
    <Dialog title={`Delete ${what}?`} onClose={onClose}>
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          if (ready && !deleting.isPending) deleting.mutate();
        }}
      >
        <p>
          Gone for good, at once: all your discussions with every message, your characters, tokens and
          settings, and what was noted of your visits. Whoever watches one of your discussions is shown out.
          Download your data first if you want to keep any of it.
        </p>
        {supabase && (
          <p>
            Your sign-in at Supabase, with its address, stays: only whoever runs this ChatLab can delete it
            there.
          </p>
        )}
        <Field
          label={`Write “${WORD}” to go on`}
          data-autofocus
          autoComplete="off"
          value={written}
          onValue={setWritten}
        />
        {deleting.error && (
          <p role="alert" className={styles.problem}>
            {wordsOf(deleting.error)}
          </p>
        )}
        <span className={styles.row}>
          <Button type="submit" kind="primary" aria-disabled={!ready || deleting.isPending}>
            Delete {what}
          </Button>
          <Button onClick={onClose}>Keep</Button>
        </span>
      </form>
    </Dialog>
  );
}
