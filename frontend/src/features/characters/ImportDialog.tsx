// Characters from files: read one by one; where a name is there already, it is asked about; then what came of it.
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { Button } from "@/components/Button";
import { Dialog } from "@/components/Dialog";
import { DropZone } from "@/components/DropZone";
import { Notice } from "@/components/Notice";
import { Roundel } from "@/components/Roundel";
import { ApiError, wordsOf } from "@/lib/api";
import { charactersQuery } from "@/lib/characters";
import { track } from "@/lib/track";
import styles from "./ImportDialog.module.css";
import { CARD_FILES, importFile, type Imported, type SameName } from "./importing";

interface Props {
  /** Dropped on the page: read at once. */
  files: File[];
  onClose: () => void;
}

interface Asked {
  file: File;
  words: string;
}

export function ImportDialog({ files, onClose }: Props) {
  const queries = useQueryClient();
  const [waiting, setWaiting] = useState(files);
  const [asked, setAsked] = useState<Asked | null>(null);
  const [done, setDone] = useState<Imported[]>([]);
  const [problems, setProblems] = useState<string[]>([]);
  const busy = useRef(false);
  const [file] = waiting;

  const read = async (one: File, sameName: SameName) => {
    busy.current = true;
    setAsked(null);
    try {
      const result = await importFile(one, sameName);
      setDone((before) => [...before, ...result.items]);
      if (result.skipped.length > 0)
        setProblems((before) => [...before, `Left out: ${result.skipped.join(", ")}.`]);
      track("characters_imported", { count: result.items.length });
      await queries.invalidateQueries({ queryKey: charactersQuery.queryKey });
    } catch (error) {
      if (error instanceof ApiError && error.code === "same_name") {
        setAsked({ file: one, words: error.message });
        busy.current = false;
        return;
      }
      setProblems((before) => [...before, `${one.name}: ${wordsOf(error)}`]);
    }
    busy.current = false;
    setWaiting((before) => before.slice(1));
  };
  useEffect(() => {
    if (file && asked === null && !busy.current) void read(file, "ask");
    // eslint-disable-next-line react-hooks/exhaustive-deps -- `read` is made anew each time; the file is what counts.
  }, [file, asked]);

  return (
    <Dialog title="Bring characters along" onClose={onClose} wide>
      <div className={styles.import}>
        <p>
          A Character Card from another program (PNG or JSON), or a pack of several (ZIP). What ChatLab has no
          use for is kept and goes out again with an export.
        </p>
        <DropZone
          label="Choose files"
          accept={CARD_FILES}
          multiple
          busy={file !== undefined && asked === null}
          onFiles={(more) => {
            setWaiting((before) => [...before, ...more]);
          }}
        />
        {asked && <Question asked={asked} onAnswer={(sameName) => void read(asked.file, sameName)} />}
        {problems.map((words) => (
          <Notice key={words} kind="problem">
            {words}
          </Notice>
        ))}
        <div role="status">
          {done.length > 0 && (
            <p className={styles.count}>
              {done.length === 1 ? "One has come:" : `${String(done.length)} have come:`}
            </p>
          )}
        </div>
        <ul className={styles.items}>
          {done.map((item) => (
            <Item key={item.character.id} item={item} />
          ))}
        </ul>
        {done.length > 0 && (
          <div>
            <Button kind="primary" onClick={onClose}>
              Done
            </Button>
          </div>
        )}
      </div>
    </Dialog>
  );
}

function Question({ asked, onAnswer }: { asked: Asked; onAnswer: (sameName: SameName) => void }) {
  const answers: [SameName, string][] = [
    ["both", "Keep both"],
    ["replace", "Replace mine"],
    ["skip", "Leave out"],
  ];
  return (
    <div className={styles.question} role="group" aria-label="The same name">
      <p>{asked.words}</p>
      {answers.map(([answer, words]) => (
        <Button
          key={answer}
          onClick={() => {
            onAnswer(answer);
          }}
        >
          {words}
        </Button>
      ))}
    </div>
  );
}

function Item({ item: { character, creator, creator_notes, notes } }: { item: Imported }) {
  return (
    <li>
      <Roundel voice={character} size={3.5} />
      <div>
        <p>
          <strong>{character.name}</strong>
          {creator && <span className={styles.soft}> by {creator}</span>}
        </p>
        {notes.map((note) => (
          <p key={note} className={styles.soft}>
            {note}
          </p>
        ))}
        {creator_notes && (
          <details className={styles.soft}>
            <summary>What its maker says (never told to a model)</summary>
            <p className={styles.notes}>{creator_notes}</p>
          </details>
        )}
      </div>
    </li>
  );
}
