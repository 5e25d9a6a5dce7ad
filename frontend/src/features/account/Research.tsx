// Whether one is named in what admins take away for research.
import { useMutation } from "@tanstack/react-query";
import { wordsOf } from "@/lib/api";
import { saveProfile } from "@/lib/preferences";
import type { User } from "@/lib/session";
import styles from "./Account.module.css";

export function Research({ user }: { user: User }) {
  const saving = useMutation({
    mutationFn: (agreed: boolean) => saveProfile({ preferences: { share_with_research: agreed } }),
  });
  const agreed = saving.isPending ? saving.variables : user.preferences?.share_with_research === true;
  return (
    <div>
      <label className={styles.check}>
        <input
          type="checkbox"
          checked={agreed}
          onChange={(event) => {
            saving.mutate(event.target.checked);
          }}
        />
        <span>
          Name me in data for research
          <span className={styles.soft}>
            {" "}
            – admins may download transcripts and activity; without this you are a pseudonym there
          </span>
        </span>
      </label>
      {saving.error && (
        <p role="alert" className={styles.problem}>
          {wordsOf(saving.error)}
        </p>
      )}
    </div>
  );
}
