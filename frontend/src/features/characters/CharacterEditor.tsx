// Making and changing a character of one's own. What was written is kept until it is saved, also if the dialog is closed.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRef } from "react";
import { Button } from "@/components/Button";
import { Dialog } from "@/components/Dialog";
import { Field } from "@/components/Field";
import { api, wordsOf } from "@/lib/api";
import { charactersQuery, type Character } from "@/lib/characters";
import { useKept, writeKept } from "@/lib/kept";
import { track } from "@/lib/track";
import { bodyOf, lengthOf, problemsOf, type Card, type Color } from "./cards";
import styles from "./CharacterEditor.module.css";
import { ColorChoice, EmblemChoice } from "./Choices";
import { Preview } from "./Preview";

/** What is edited: a new card, or the character with this id. */
export interface Editing {
  id: string | null;
  /** Under this name the draft is kept. */
  key: string;
  title: string;
  card: Card;
}

interface Props {
  editing: Editing;
  palette: Color[];
  emblems: string[];
  limit: number;
  onSaved: (character: Character) => void;
  onClose: () => void;
}

export function CharacterEditor({ editing, palette, emblems, limit, onSaved, onClose }: Props) {
  const queries = useQueryClient();
  const form = useRef<HTMLFormElement>(null);
  const key = `character.${editing.key}`;
  const [card, change] = useKept<Card>(key, editing.card);
  const saving = useMutation({
    mutationFn: () =>
      editing.id === null
        ? api.post<Character>("/api/characters", bodyOf(card))
        : api.put<Character>(`/api/characters/${editing.id}`, bodyOf(card)),
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
  const elsewhere = Object.entries(problems).filter(([field]) => !FIELDS.some((one) => one.field === field));
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
        <Preview card={card} />
        <Words card={card} problems={problems} onChange={change} />
        <ColorChoice card={card} palette={palette} onChange={change} />
        <EmblemChoice card={card} emblems={emblems} onChange={change} />
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

interface WordsProps {
  card: Card;
  problems: Record<string, string>;
  onChange: (part: Partial<Card>) => void;
}

const FIELDS = [
  { of: "name", field: "name", label: "Name", lines: undefined, hint: undefined },
  { of: "tagline", field: "tagline", label: "In one line", lines: undefined, hint: "Stands under the name." },
  {
    of: "ideas",
    field: "key_ideas",
    label: "Key ideas",
    lines: 5,
    hint: "One on each line, as “Learning by doing: one understands what one has tried.”",
  },
  {
    of: "voice",
    field: "voice",
    label: "Voice",
    lines: 4,
    hint: "How they talk: tone, habits, favourite turns.",
  },
  { of: "dissent", field: "dissent", label: "Would object", lines: 3, hint: "One objection on each line." },
  { of: "bio", field: "bio", label: "Life", lines: 3, hint: "Two sentences are enough." },
] as const;

function Words({ card, problems, onChange }: WordsProps) {
  return FIELDS.map(({ of, field, label, lines, hint }) => {
    const shared = {
      label,
      hint,
      problem: problems[field],
      value: card[of],
      onValue: (value: string) => {
        onChange({ [of]: value });
      },
    };
    return <Field key={of} lines={lines} required={of === "name"} autoComplete="off" {...shared} />;
  });
}

function Length({ card, limit }: { card: Card; limit: number }) {
  const left = limit - lengthOf(card);
  if (left > limit / 5) return null;
  return (
    <p className={left < 0 ? styles.problem : styles.left}>
      {left < 0 ? `${String(-left)} characters too long` : `${String(left)} characters left`}
    </p>
  );
}
