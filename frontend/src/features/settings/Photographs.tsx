// Fetching the photographs of the cast from Wikimedia Commons, with what came of it.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Button } from "@/components/Button";
import { Notice } from "@/components/Notice";
import { api, wordsOf } from "@/lib/api";
import { charactersQuery } from "@/lib/characters";
import { adoptPortraits, portraitsQuery, type Portraits } from "@/lib/portraits";
import styles from "./Settings.module.css";

const LOOK_AGAIN_MS = 1_000;

export function Photographs() {
  const queries = useQueryClient();
  const portraits = useQuery({
    ...portraitsQuery,
    refetchInterval: ({ state }) => (state.data?.state === "running" ? LOOK_AGAIN_MS : false),
  });
  const fetching = useMutation({
    mutationFn: () => api.post<Portraits>("/api/portraits"),
    onSuccess: (started) => {
      adoptPortraits(started);
      queries.setQueryData(portraitsQuery.queryKey, started);
    },
  });
  const error = fetching.error ?? portraits.error;
  const running = portraits.data?.state === "running";
  return (
    <>
      <p>
        Every character has a drawn emblem. For those of whom a freely licensed photograph is known, it can be
        fetched from Wikimedia Commons to this server; its author and licence then stand on the character’s
        card.
      </p>
      {portraits.data && <Progress portraits={portraits.data} />}
      {error && <Notice kind="problem">{wordsOf(error)}</Notice>}
      <Button
        className={styles.action}
        aria-disabled={running || fetching.isPending}
        onClick={() => {
          if (!running && !fetching.isPending) fetching.mutate();
        }}
      >
        {running ? "Fetching photographs…" : "Fetch photographs"}
      </Button>
    </>
  );
}

function Progress({ portraits }: { portraits: Portraits }) {
  const { available, fetched, failed } = portraits;
  return (
    <div className={styles.progress}>
      {fetched + failed.length > 0 && (
        <progress
          value={fetched + failed.length}
          max={Math.max(available, 1)}
          aria-label="Photographs fetched"
        />
      )}
      <p role="status" className={styles.soft}>
        {fetched} of {available} are here
        {failed.length === 1 && "; one could not be fetched, its emblem stays"}
        {failed.length > 1 && `; ${String(failed.length)} could not be fetched, their emblems stay`}
      </p>
      {failed.length > 0 && <Failures failed={failed} />}
    </div>
  );
}

function Failures({ failed }: { failed: Portraits["failed"] }) {
  const characters = useQuery(charactersQuery).data;
  const nameOf = (id: string) => characters?.find((character) => character.id === id)?.name ?? id;
  return (
    <details>
      <summary>Why</summary>
      <ul className={styles.lines}>
        {failed.map(({ character_id, reason }) => (
          <li key={character_id}>
            <strong>{nameOf(character_id)}</strong> <span>{reason}</span>
          </li>
        ))}
      </ul>
    </details>
  );
}
