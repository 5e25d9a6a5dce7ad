// All of one's data as one file.
import { useMutation } from "@tanstack/react-query";
import { Button } from "@/components/Button";
import { wordsOf } from "@/lib/api";
import { download } from "@/lib/download";
import styles from "./Account.module.css";

export function TakeAway() {
  const taking = useMutation({ mutationFn: () => download("/api/me/export", "chatlab-my-data.zip") });
  return (
    <div className={styles.group}>
      <p>
        Take everything with you: profile, characters, discussions with every version of every message, what
        was noted of your visits. It comes as a ZIP of JSON files.
      </p>
      <Button
        className={styles.action}
        aria-disabled={taking.isPending}
        onClick={() => {
          if (!taking.isPending) taking.mutate();
        }}
      >
        {taking.isPending ? "Putting it together…" : "Download my data"}
      </Button>
      {taking.error && (
        <p role="alert" className={styles.problem}>
          {wordsOf(taking.error)}
        </p>
      )}
    </div>
  );
}
