// A line to search with.
import { Search } from "lucide-react";
import styles from "./SearchField.module.css";

interface Props {
  /** Heard, not seen. */
  label: string;
  placeholder: string;
  value: string;
  onValue: (value: string) => void;
}

export function SearchField({ label, placeholder, value, onValue }: Props) {
  return (
    <label className={styles.search}>
      <Search size={18} aria-hidden />
      <span className="visually-hidden">{label}</span>
      <input
        type="search"
        value={value}
        placeholder={placeholder}
        onChange={(event) => {
          onValue(event.target.value);
        }}
      />
    </label>
  );
}
