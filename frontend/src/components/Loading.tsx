// What stands where something is still being fetched, or could not be.
import { wordsOf } from "@/lib/problem";
import { Button } from "./Button";
import styles from "./Loading.module.css";
import { Notice } from "./Notice";

interface Props {
  /** The page's heading, where the page has no other. */
  title?: string;
  error: Error | null;
  onRetry: () => void;
}

export function Loading({ title, error, onRetry }: Props) {
  return (
    <div className={styles.loading} aria-busy={error === null} data-waiting>
      {title && <h1 className="visually-hidden">{title}</h1>}
      {error && (
        <Notice kind="problem">
          <span>{wordsOf(error)}</span>
          <Button onClick={onRetry}>Try again</Button>
        </Notice>
      )}
    </div>
  );
}
