// The keys that lead a discussion.
import styles from "./KeyList.module.css";

const KEYS = [
  ["Space", "Next Response"],
  ["Esc", "Stop who is speaking"],
  ["1 – 6", "That one of the cast speaks now"],
  ["Enter", "Send the message; Shift+Enter begins a new line"],
  ["?", "This help"],
  ["Any key", "Ends turns that go on by themselves"],
];

export function KeyList() {
  return (
    <div className={styles.keys}>
      <dl>
        {KEYS.map(([key, meaning]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{meaning}</dd>
          </div>
        ))}
      </dl>
      <p>Space, ? and the digits work while no button has the focus; none of them while you write.</p>
    </div>
  );
}
