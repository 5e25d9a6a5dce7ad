// Characters as files: one as a card, several as a pack.
import { useState } from "react";
import { Button } from "@/components/Button";
import { Dialog } from "@/components/Dialog";
import { Field } from "@/components/Field";
import { Roundel } from "@/components/Roundel";
import { wordsOf } from "@/lib/api";
import type { Character } from "@/lib/characters";
import { download } from "@/lib/download";
import styles from "./ExportDialogs.module.css";

const FORMATS = [
  {
    format: "png",
    name: "PNG",
    use: "the picture with the character in it, for SillyTavern, Chub, RisuAI and others",
  },
  { format: "json", name: "JSON", use: "the words only" },
];

export function CardExport({ character, onClose }: { character: Character; onClose: () => void }) {
  const [problem, setProblem] = useState<string | null>(null);
  return (
    <Dialog title={`Export ${character.name}`} onClose={onClose}>
      <div className={styles.export}>
        <p>A Character Card. It comes back whole when it is brought along again, here or elsewhere.</p>
        <ul className={styles.choices}>
          {FORMATS.map(({ format, name, use }) => (
            <li key={format}>
              <Button
                onClick={() => {
                  download(
                    `/api/characters/${character.id}/card?format=${format}`,
                    `character.${format}`,
                  ).then(onClose, (error: unknown) => {
                    setProblem(wordsOf(error));
                  });
                }}
              >
                {name}
              </Button>
              <span>{use}</span>
            </li>
          ))}
        </ul>
        {problem && <p role="alert">{problem}</p>}
      </div>
    </Dialog>
  );
}

interface PackProps {
  own: Character[];
  onClose: () => void;
}

export function PackExport({ own, onClose }: PackProps) {
  const [chosen, setChosen] = useState(() => new Set(own.map(({ id }) => id)));
  const [title, setTitle] = useState("");
  const [problem, setProblem] = useState<string | null>(null);
  const ids = own.map(({ id }) => id).filter((id) => chosen.has(id));
  return (
    <Dialog title="Share as one file" onClose={onClose}>
      <form
        className={styles.export}
        onSubmit={(event) => {
          event.preventDefault();
          if (ids.length === 0) return;
          download("/api/characters/export", "characters.zip", { character_ids: ids, title }).then(
            onClose,
            (error: unknown) => {
              setProblem(wordsOf(error));
            },
          );
        }}
      >
        <p>The characters with their pictures. Whoever gets the file drops it on their Characters page.</p>
        <ul className={styles.own} data-field="character">
          {own.map((character) => (
            <li key={character.id}>
              <label>
                <input
                  type="checkbox"
                  checked={chosen.has(character.id)}
                  onChange={(event) => {
                    const next = new Set(chosen);
                    if (event.target.checked) next.add(character.id);
                    else next.delete(character.id);
                    setChosen(next);
                  }}
                />
                <Roundel voice={character} size={2} />
                {character.name}
              </label>
            </li>
          ))}
        </ul>
        <Field
          label="Name of the pack"
          hint="Becomes the file’s name."
          value={title}
          onValue={setTitle}
          limit={80}
        />
        <Button type="submit" kind="primary" aria-disabled={ids.length === 0}>
          Save the file
        </Button>
        {problem && <p role="alert">{problem}</p>}
      </form>
    </Dialog>
  );
}
