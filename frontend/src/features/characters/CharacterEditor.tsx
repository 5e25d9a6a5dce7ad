// Making and changing a character of one's own. What was written is kept until it is saved, also if the dialog is closed.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { Button } from "@/components/Button";
import { Dialog } from "@/components/Dialog";
import { api, wordsOf } from "@/lib/api";
import { charactersQuery, type Character } from "@/lib/characters";
import { writeKept } from "@/lib/kept";
import { useKept } from "@/lib/useKept";
import { scaledDown } from "@/lib/picture";
import { track } from "@/lib/track";
import { bodyOf, lengthOf, problemsOf, type Card, type Color } from "./cards";
import styles from "./CharacterEditor.module.css";
import { ColorChoice, EmblemChoice } from "./Choices";
import { EditorFields, KNOWN_FIELDS } from "./EditorFields";
import { PictureChoice, usePictureUrl, type Picked } from "./PictureChoice";
import { Preview } from "./Preview";
import { TryOut } from "./TryOut";

/** What is edited: a new card, or the character with this id. */
export interface Editing {
  id: string | null;
  /** Under this name the draft is kept. */
  key: string;
  title: string;
  card: Card;
  /** The picture that is there already. */
  picture?: string | null;
  /** One's own character that this is a copy of. */
  copyOf?: string;
}

interface Props {
  editing: Editing;
  palette: Color[];
  emblems: string[];
  limit: number;
  onSaved: (character: Character) => void;
  onClose: () => void;
}

/** A new one, or the one with this id as it is written now. */
function write(id: string | null, copyOf: string | undefined, card: Card): Promise<Character> {
  const body = bodyOf(card);
  if (id !== null) return api.put<Character>(`/api/characters/${id}`, body);
  return api.post<Character>("/api/characters", copyOf === undefined ? body : { ...body, copy_of: copyOf });
}

async function give(saved: Character, picked: Picked): Promise<Character> {
  const path = `/api/characters/${saved.id}/picture`;
  if (picked) return api.upload<Character>("PUT", path, await scaledDown(picked));
  if (picked === null && saved.picture) return api.delete<Character>(path);
  return saved;
}

export function CharacterEditor({ editing, palette, emblems, limit, onSaved, onClose }: Props) {
  const queries = useQueryClient();
  const form = useRef<HTMLFormElement>(null);
  const key = `character.${editing.key}`;
  const [card, change] = useKept<Card>(key, editing.card);
  const [picked, pick] = useState<Picked>(undefined);
  const own = usePictureUrl(picked);
  const picture = picked === undefined ? (editing.picture ?? null) : own;
  // The words are saved first. If the picture is refused then, the next press goes on with the same character.
  const id = useRef(editing.id);
  const saving = useMutation({
    mutationFn: async () => {
      const saved = await write(id.current, editing.copyOf, card);
      id.current = saved.id;
      return give(saved, picked);
    },
    onSuccess: async (character) => {
      writeKept(key, null);
      track(editing.id === null ? "character_created" : "character_edited", { character_id: character.id });
      await queries.invalidateQueries({ queryKey: charactersQuery.queryKey });
      onSaved(character);
    },
    onError: () => {
      requestAnimationFrame(() => {
        form.current?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus();
      });
    },
  });
  const problems = problemsOf(saving.error);
  const elsewhere = Object.entries(problems).filter(([field]) => !KNOWN_FIELDS.has(field));
  return (
    <Dialog title={editing.title} onClose={onClose} wide>
      <form
        ref={form}
        className={styles.form}
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (!saving.isPending) saving.mutate();
        }}
      >
        <Preview card={card} picture={picture} />
        <EditorFields card={card} problems={problems} onChange={change} />
        <ColorChoice card={card} palette={palette} onChange={change} />
        <EmblemChoice card={card} emblems={emblems} onChange={change} />
        <PictureChoice present={picture !== null} onPick={pick} />
        <TryOut card={card} />
        <div className={styles.foot}>
          <Button type="submit" kind="primary" aria-disabled={saving.isPending}>
            Save
          </Button>
          <Length card={card} limit={limit} />
          {saving.error && (
            <p role="alert" className={styles.problem}>
              {[wordsOf(saving.error), ...elsewhere.map(([, words]) => words)].join(" ")}
            </p>
          )}
        </div>
      </form>
    </Dialog>
  );
}

function Length({ card, limit }: { card: Card; limit: number }) {
  const length = lengthOf(card);
  const over = length > limit;
  return (
    <p className={over ? styles.problem : styles.left}>
      {over
        ? `${String(length - limit)} characters too long`
        : `${String(length)} of ${String(limit)} characters`}
    </p>
  );
}
