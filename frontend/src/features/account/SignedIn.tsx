// For somebody who comes to the door from inside.
import { useMutation } from "@tanstack/react-query";
import { useLocation } from "wouter";
import { Button } from "@/components/Button";
import { Page } from "@/components/Page";
import { wordsOf } from "@/lib/api";
import { endSession, type User } from "@/lib/session";
import styles from "./SignIn.module.css";

export function SignedIn({ user }: { user: User }) {
  const [, navigate] = useLocation();
  const leaving = useMutation({ mutationFn: () => endSession() });
  return (
    <Page title="You are in" lead={`Signed in as ${user.email ?? user.name}.`}>
      <div className={styles.ways}>
        <Button
          kind="primary"
          onClick={() => {
            navigate("/");
          }}
        >
          Choose a cast
        </Button>
        <Button
          aria-disabled={leaving.isPending}
          onClick={() => {
            leaving.mutate();
          }}
        >
          Sign out
        </Button>
      </div>
      {leaving.error && (
        <p role="alert" className={styles.problem}>
          {wordsOf(leaving.error)}
        </p>
      )}
    </Page>
  );
}
