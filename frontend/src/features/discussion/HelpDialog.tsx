// The keys that lead a discussion.
import { Dialog } from "@/components/Dialog";
import styles from "./Dialogs.module.css";

const KEYS = [
  ["Space", "Next Response"],
  ["Esc", "Stop who is speaking"],
  ["1 – 6", "That one of the cast speaks now"],
  ["Enter", "Send the message; Shift+Enter begins a new line"],
  ["?", "This help"],
];

export function HelpDialog({ onClose }: { onClose: () => void }) {
  return (
    <Dialog title="Keys" onClose={onClose}>
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
    </Dialog>
  );
}
