// Transcripts and activity for research, and who took what away.
import { queryOptions, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Button } from "@/components/Button";
import { api, wordsOf } from "@/lib/api";
import { download } from "@/lib/download";
import { whenWords } from "@/lib/time";
import styles from "./Admin.module.css";

interface Action {
  id: string;
  /** Null: whoever it was is deleted. */
  user: string | null;
  /** Their address or name now. */
  name: string | null;
  action: string;
  detail: string;
  at: string;
}

const actionsQuery = queryOptions({
  queryKey: ["admin-actions"],
  queryFn: async ({ signal }) => (await api.get<{ items: Action[] }>("/api/admin/actions", signal)).items,
});

const FILES = [
  { what: "transcripts", name: "Transcripts", words: "Every message of every discussion, a line each." },
  { what: "activity", name: "Activity", words: "Page views, choices and actions, a line each." },
] as const;
const FORMATS = [
  { format: "jsonl", name: "JSON lines" },
  { format: "csv", name: "CSV" },
] as const;

export function Downloads() {
  const queries = useQueryClient();
  const taking = useMutation({
    mutationFn: ({ what, format }: { what: string; format: string }) =>
      download(`/api/admin/${what}?format=${format}`, `chatlab-${what}.${format}`),
    onSettled: () => queries.invalidateQueries({ queryKey: actionsQuery.queryKey }),
  });
  return (
    <div className={styles.group}>
      <p>
        People are pseudonyms in these files, unless they agreed to be named. What they typed is not altered:
        look through it before you pass it on. Each download is written down below.
      </p>
      {FILES.map(({ what, name, words }) => (
        <div key={what}>
          <p>
            {name} <span className={styles.soft}>{words}</span>
          </p>
          <div className={styles.row}>
            {FORMATS.map(({ format, name: formatName }) => (
              <Button
                key={format}
                aria-label={`${name} as ${formatName}`}
                aria-disabled={taking.isPending}
                onClick={() => {
                  if (!taking.isPending) taking.mutate({ what, format });
                }}
              >
                {formatName}
              </Button>
            ))}
          </div>
        </div>
      ))}
      {taking.error && (
        <p role="alert" className={styles.problem}>
          {wordsOf(taking.error)}
        </p>
      )}
      <Actions />
    </div>
  );
}

function Actions() {
  const actions = useQuery(actionsQuery);
  if (actions.error)
    return (
      <p role="alert" className={styles.problem}>
        {wordsOf(actions.error)}
      </p>
    );
  if (!actions.data || actions.data.length === 0)
    return <p className={styles.soft}>Nothing was taken away yet.</p>;
  return (
    <ul className={styles.list} aria-label="Downloads so far">
      {actions.data.map(({ id, name, action, detail, at }) => (
        <li key={id}>
          <span>
            {action} as {detail} <span className={styles.soft}>by {name ?? "somebody who is deleted"}</span>
          </span>
          <span className={styles.soft}>{whenWords(at)}</span>
        </li>
      ))}
    </ul>
  );
}
