// What the class asks, the most wanted first.
import { useShown } from "@/lib/useLive";
import styles from "./Stage.module.css";

export function Questions() {
  const questions = useShown(({ view }) => view?.room?.questions ?? null) ?? [];
  const byVotes = [...questions].sort((a, b) => b.votes - a.votes);
  if (byVotes.length === 0) return <p className={styles.words}>No questions yet. Ask on your phone.</p>;
  return (
    <section className={styles.asking}>
      <h2 id="asked" className={styles.small}>
        Questions of the class
      </h2>
      <ul className={styles.questions} aria-labelledby="asked">
        {byVotes.map(({ id, text, votes }) => (
          <li key={id}>
            <span className={styles.votes}>
              {votes}
              <small>{votes === 1 ? "vote" : "votes"}</small>
            </span>
            <span>{text}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
