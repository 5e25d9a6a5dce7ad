// A labelled line or lines to write in, with a hint and with what is wrong about it.
import { useId, type ChangeEvent } from "react";
import styles from "./Field.module.css";

interface Props {
  label: string;
  value: string;
  onValue: (value: string) => void;
  hint?: string | undefined;
  problem?: string | undefined;
  /** More than a single line, so many at first. */
  lines?: number | undefined;
  required?: boolean;
  /** Longest text, in characters: what is left is told when it gets short. */
  limit?: number | undefined;
  autoComplete?: string;
  /** Of a single line; text unless something else is said. */
  type?: "text" | "email" | "password" | "number" | undefined;
  inputMode?: "email" | "numeric";
  min?: number;
  max?: number;
  /** The first thing to write in a dialog. */
  "data-autofocus"?: boolean;
}

export function Field({
  label,
  value,
  onValue,
  hint,
  problem,
  lines,
  limit,
  type,
  min,
  max,
  ...rest
}: Props) {
  const id = useId();
  const more = problem ?? hint;
  const shared = {
    ...rest,
    id,
    value,
    className: styles.input,
    "aria-invalid": problem === undefined ? undefined : true,
    "aria-describedby": more === undefined ? undefined : `${id}-more`,
    onChange: (event: ChangeEvent<HTMLInputElement | HTMLTextAreaElement>) => {
      onValue(event.target.value);
    },
  };
  return (
    <div className={styles.field}>
      <div className={styles.label}>
        <label htmlFor={id}>{label}</label>
        {limit !== undefined && <Count length={Array.from(value).length} limit={limit} />}
      </div>
      {lines === undefined ? (
        <input type={type} min={min} max={max} {...shared} />
      ) : (
        <textarea rows={lines} {...shared} />
      )}
      {more !== undefined && (
        <p id={`${id}-more`} className={problem === undefined ? styles.hint : styles.problem}>
          {more}
        </p>
      )}
    </div>
  );
}

function Count({ length, limit }: { length: number; limit: number }) {
  if (length < limit * 0.7) return null;
  return (
    <span className={length > limit ? styles.problem : styles.hint}>
      {length} of {limit}
    </span>
  );
}
