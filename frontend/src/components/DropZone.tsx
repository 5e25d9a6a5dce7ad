// A place for files: to be dropped there, or chosen with a press.
import { Upload } from "lucide-react";
import { useId, useState } from "react";
import styles from "./DropZone.module.css";

interface Props {
  label: string;
  accept: string;
  multiple?: boolean;
  busy?: boolean;
  onFiles: (files: File[]) => void;
}

export function DropZone({ label, accept, multiple = false, busy = false, onFiles }: Props) {
  const id = useId();
  const [over, setOver] = useState(false);
  return (
    <div
      className={styles.zone}
      data-over={over || undefined}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => {
        setOver(false);
      }}
      onDrop={(event) => {
        event.preventDefault();
        event.stopPropagation();
        setOver(false);
        if (!busy) onFiles([...event.dataTransfer.files]);
      }}
    >
      <input
        id={id}
        type="file"
        className="visually-hidden"
        accept={accept}
        multiple={multiple}
        disabled={busy}
        onChange={(event) => {
          const files = [...(event.target.files ?? [])];
          // The same file may be chosen again, after it was mended.
          event.target.value = "";
          if (files.length > 0) onFiles(files);
        }}
      />
      <label htmlFor={id} className={styles.label}>
        <Upload size={20} aria-hidden />
        {busy ? "Reading…" : label}
      </label>
      <span className={styles.hint}>or drop it here</span>
    </div>
  );
}
