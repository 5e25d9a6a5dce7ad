// Another password. All other logins end with the old one; ChatLab's own also with all tokens for scripts.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Button } from "@/components/Button";
import { changePassword, fieldProblem } from "@/lib/accounts";
import { ApiError, wordsOf } from "@/lib/api";
import type { Config } from "@/lib/config";
import styles from "./Account.module.css";
import { PasswordField } from "./PasswordField";

const HINT = "8 to 200 characters. Several words of your own are easy to keep and hard to guess.";

export function Password({ config }: { config: Config }) {
  const [old, setOld] = useState("");
  const [next, setNext] = useState("");
  const queries = useQueryClient();
  const changing = useMutation({
    mutationFn: () => changePassword(config, old, next),
    onSuccess: () => {
      // Where one is signed in, and the tokens.
      void queries.invalidateQueries();
      setOld("");
      setNext("");
    },
  });
  const { error } = changing;
  const own = config.auth.mode === "own";
  const wrong = error instanceof ApiError && error.code === "wrong_login";
  const nextProblem = fieldProblem(error, "new");
  const oldProblem = wrong ? "That is not your present password." : fieldProblem(error, "old");
  return (
    <details className={styles.group}>
      <summary>Change the password</summary>
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          if (!changing.isPending) changing.mutate();
        }}
      >
        {own && (
          <PasswordField
            label="Present password"
            autoComplete="current-password"
            value={old}
            onValue={setOld}
            problem={oldProblem}
          />
        )}
        <PasswordField
          label="New password"
          autoComplete="new-password"
          value={next}
          onValue={setNext}
          hint={HINT}
          problem={nextProblem}
        />
        <p className={styles.soft}>
          You are signed out everywhere else then{own && ", and your tokens for scripts are deleted"}.
        </p>
        <Button type="submit" aria-disabled={changing.isPending}>
          Change password
        </Button>
        <p role="status" className={styles.soft}>
          {changing.isSuccess && "Changed."}
        </p>
        {error && !nextProblem && !oldProblem && (
          <p role="alert" className={styles.problem}>
            {wordsOf(error)}
          </p>
        )}
      </form>
    </details>
  );
}
