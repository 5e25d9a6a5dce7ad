// The keys that lead a discussion.
import styles from "./Settings.module.css";

const KEYS = [
  ["Space", "Next Response"],
  ["Esc", "Stop who is speaking"],
  ["1 – 6", "That one of the cast speaks now"],
  ["?", "Help"],
];

export function Keys() {
  return (
    <>
      <dl className={styles.keys}>
        {KEYS.map(([key, meaning]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{meaning}</dd>
          </div>
        ))}
      </dl>
      <p className={styles.soft}>They work while no button and no text field has the focus.</p>
    </>
  );
}
