// What the models cost: the last turn, the discussion, today, and the limits on them.
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useLive, useShown } from "@/lib/useLive";
import { usageQuery, type Usages } from "./api";
import styles from "./Direct.module.css";
import { costWords, leftWords } from "./words";

/** Asked anew after each turn; null while nothing is known, and for the demo voices, which cost nothing. */
export function useUsage(id: string, wanted: boolean): Usages | null {
  const live = useLive();
  const running = useShown(({ head }) => head !== null);
  const seq = running ? null : (live.getShown().view?.seq ?? 0);
  const usage = useQuery({
    ...usageQuery(id, String(seq)),
    enabled: wanted && !running,
    placeholderData: keepPreviousData,
  });
  return wanted ? (usage.data ?? null) : null;
}

export function Cost({ usage }: { usage: Usages }) {
  const { last_turn, discussion, today, left, prices_as_of } = usage;
  const rows = [
    { name: "Last turn", words: last_turn ? costWords(last_turn) : "none yet" },
    { name: "Discussion", words: costWords(discussion) },
    { name: "Today", words: costWords(today) },
    { name: "Left", words: leftWords(left) },
  ].filter(({ words }) => words !== "");
  return (
    <section className={styles.set} aria-label="Cost">
      <h3 className={styles.legend}>Cost</h3>
      <dl className={styles.costs}>
        {rows.map(({ name, words }) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{words}</dd>
          </div>
        ))}
      </dl>
      <p className={styles.soft}>Reckoned with prices of {prices_as_of}. The day begins at midnight UTC.</p>
    </section>
  );
}
