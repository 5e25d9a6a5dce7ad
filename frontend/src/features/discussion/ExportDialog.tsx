// The whole discussion to take away: as a file, or on the clipboard.
import { useState } from "react";
import { Button } from "@/components/Button";
import { Dialog } from "@/components/Dialog";
import { wordsOf } from "@/lib/api";
import { whenPainted } from "@/lib/painted";
import { ApiError } from "@/lib/problem";
import { useLive } from "@/lib/useLive";
import styles from "./Dialogs.module.css";
import { copyLooks, copyMarkdown, FORMATS, saveAs } from "./takeaway";

export function ExportDialog({ onClose }: { onClose: () => void }) {
  const live = useLive();
  const { id } = live;
  const [problem, setProblem] = useState<string | null>(null);
  const [copied, setCopied] = useState<"looks" | "markdown" | null>(null);
  const [gathering, setGathering] = useState(false);
  const run = (doing: Promise<void>, done: () => void) => {
    setProblem(null);
    doing.then(done, (error: unknown) => {
      setProblem(error instanceof ApiError ? wordsOf(error) : "The browser does not let this page copy.");
    });
  };
  const print = () => {
    if (gathering) return;
    setGathering(true);
    const all = live.loadAll().finally(() => {
      setGathering(false);
    });
    run(all, () => {
      onClose();
      whenPainted(() => {
        window.print();
      });
    });
  };
  return (
    <Dialog title="Export" onClose={onClose}>
      <ul className={styles.choices}>
        {FORMATS.map(({ format, name, use }) => (
          <li key={format}>
            <Button
              onClick={() => {
                run(saveAs(id, format), onClose);
              }}
            >
              {name}
            </Button>
            <span>{use}</span>
          </li>
        ))}
        <li>
          <Button onClick={print} aria-disabled={gathering}>
            {gathering ? "Loading…" : "Print"}
          </Button>
          <span>the whole discussion from its first message on, as this page looks on paper</span>
        </li>
      </ul>
      <h3 className={styles.part}>On the clipboard</h3>
      <ul className={styles.choices}>
        <li>
          <Button
            onClick={() => {
              run(copyLooks(id), () => {
                setCopied("looks");
              });
            }}
          >
            {copied === "looks" ? "Copied" : "Copy with its looks"}
          </Button>
          <span>to paste into a document or a mail</span>
        </li>
        <li>
          <Button
            onClick={() => {
              run(copyMarkdown(id), () => {
                setCopied("markdown");
              });
            }}
          >
            {copied === "markdown" ? "Copied" : "Copy the words"}
          </Button>
          <span>as Markdown, to paste as text</span>
        </li>
      </ul>
      <p className={styles.soft}>
        Each has the speakers, the times and the notice that an AI wrote the words.
      </p>
      <p role="status" className="visually-hidden">
        {copied && "Copied"}
      </p>
      {problem && (
        <p role="alert" className={styles.problem}>
          {problem}
        </p>
      )}
    </Dialog>
  );
}
