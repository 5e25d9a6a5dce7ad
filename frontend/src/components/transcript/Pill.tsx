// The way back for who has scrolled up. Stands above the element that holds it.
import { ArrowDown } from "lucide-react";
import styles from "./Pill.module.css";

export function Pill({ onPress }: { onPress: () => void }) {
  return (
    <button type="button" className={styles.pill} onClick={onPress}>
      <ArrowDown size={16} aria-hidden />
      To the live text
    </button>
  );
}
