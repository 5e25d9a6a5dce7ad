// The whole discussion as a file.
import { useState } from "react";
import { Button } from "@/components/Button";
import { Dialog } from "@/components/Dialog";
import { wordsOf } from "@/lib/api";
import { download } from "@/lib/download";
import styles from "./Dialogs.module.css";
import { useLive } from "@/lib/useLive";

const FORMATS = [
  { format: "md", name: "Markdown", use: "for notes, wikis and learning platforms" },
  { format: "txt", name: "Plain text", use: "for everything else" },
  { format: "json", name: "JSON", use: "for programs and research" },
];

export function ExportDialog({ onClose }: { onClose: () => void }) {
  const { id } = useLive();
  const [problem, setProblem] = useState<string | null>(null);
  const save = (format: string) => {
    setProblem(null);
    download(`/api/discussions/${id}/export?format=${format}`, `discussion.${format}`).then(
      onClose,
      (error: unknown) => {
        setProblem(wordsOf(error));
      },
    );
  };
  return (
    <Dialog title="Export" onClose={onClose}>
      <ul className={styles.choices}>
        {FORMATS.map(({ format, name, use }) => (
          <li key={format}>
            <Button
              onClick={() => {
                save(format);
              }}
            >
              {name}
            </Button>
            <span>{use}</span>
          </li>
        ))}
      </ul>
      {problem && (
        <p role="alert" className={styles.problem}>
          {problem}
        </p>
      )}
    </Dialog>
  );
}
