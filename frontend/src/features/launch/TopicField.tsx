// The topic: one large line, with a caret that blinks before anybody has touched it.
import type { RefObject } from "react";
import { useLanguage } from "@/lib/hooks";
import styles from "./TopicField.module.css";

interface Props {
  ref: RefObject<HTMLTextAreaElement | null>;
  value: string;
  limit: number;
  onChange: (topic: string) => void;
  /** Enter: nobody writes a topic in paragraphs. */
  onDone: () => void;
}

export function TopicField({ ref, value, limit, onChange, onDone }: Props) {
  const language = useLanguage();
  const left = limit - value.length;
  return (
    <div className={styles.topic}>
      <div className={styles.grow} data-long={value.length > 140 || undefined}>
        <textarea
          ref={ref}
          aria-label="Topic"
          lang={language}
          className={styles.line}
          rows={1}
          maxLength={limit}
          value={value}
          placeholder="A question worth an hour"
          enterKeyHint="go"
          onChange={(event) => {
            onChange(event.target.value.replace(/\s*\n+\s*/g, " "));
          }}
          onKeyDown={(event) => {
            if (event.key !== "Enter" || event.nativeEvent.isComposing) return;
            event.preventDefault();
            onDone();
          }}
        />
        {/* The same words once more give the field its height and the resting caret its place. */}
        <span aria-hidden className={styles.mirror}>
          {value}
          <span className={styles.caret} />
        </span>
      </div>
      <p className={styles.left} role="status">
        {left <= limit / 10 && `${String(left)} characters left`}
      </p>
    </div>
  );
}
