// What each one would probably say, one sentence, before the discussion begins.
import { keepPreviousData, queryOptions, useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { Button } from "@/components/Button";
import { voiceStyle } from "@/components/voice";
import { api, wordsOf } from "@/lib/api";
import type { Character } from "@/lib/characters";
import styles from "./Perspectives.module.css";

interface Answer {
  items: { character_id: string; text: string }[];
}

const PAUSE_MS = 900;

const perspectivesQuery = (topic: string, ids: string[]) => {
  // Who sits where changes nothing about what they think.
  const sorted = [...ids].sort();
  return queryOptions({
    queryKey: ["perspectives", topic, sorted],
    staleTime: Infinity,
    retry: false,
    queryFn: ({ signal }) =>
      api.post<Answer>("/api/perspectives", { topic, character_ids: sorted }, { signal }),
  });
};

/** The value once it has rested: nobody is asked about half a word. */
function useRested<T>(value: T): T {
  const [rested, setRested] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => {
      setRested(value);
    }, PAUSE_MS);
    return () => {
      clearTimeout(timer);
    };
  }, [value]);
  return rested;
}

export function Perspectives({ topic, seated }: { topic: string; seated: Character[] }) {
  const rested = useRested(topic.trim());
  const ids = seated.map(({ id }) => id);
  const asked = useQuery({
    ...perspectivesQuery(rested, ids),
    enabled: rested !== "" && ids.length > 0,
    placeholderData: keepPreviousData,
  });
  const waiting = asked.isFetching || rested !== topic.trim();
  if (seated.length === 0 || topic.trim() === "") {
    return (
      <p className={styles.empty}>
        With a topic and somebody at the table, you read here what each would probably say.
      </p>
    );
  }
  return (
    <section
      className={styles.words}
      aria-label="Likely perspectives"
      aria-live="polite"
      aria-busy={waiting}
      tabIndex={0}
    >
      {asked.error ? (
        <p className={styles.problem}>
          {wordsOf(asked.error)}{" "}
          <Button
            onClick={() => {
              void asked.refetch();
            }}
          >
            Try again
          </Button>
        </p>
      ) : (
        <dl className={styles.list} data-waiting={waiting || undefined}>
          {seated.map((character) => (
            <div key={character.id} className={styles.one} style={voiceStyle(character)}>
              <dt className={styles.name}>{character.name}</dt>
              <dd className={styles.text}>
                {asked.data?.items.find((item) => item.character_id === character.id)?.text ?? (
                  <span className={styles.blank} aria-label="thinking" role="img" />
                )}
              </dd>
            </div>
          ))}
        </dl>
      )}
    </section>
  );
}
