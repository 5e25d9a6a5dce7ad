// What can be written on a character's card, in the order in which one thinks of it.
import { Field } from "@/components/Field";
import type { Card } from "./cards";
import styles from "./CharacterEditor.module.css";

interface Props {
  card: Card;
  problems: Record<string, string>;
  onChange: (part: Partial<Card>) => void;
}

type Written =
  "name" | "tagline" | "ideas" | "voice" | "dissent" | "bio" | "works" | "cautions" | "quotation" | "source";

interface Line {
  of: Written | "born" | "died";
  /** As the server names it. */
  field: string;
  label: string;
  lines?: number;
  hint?: string;
  limit?: number;
}

const FIRST: Line[] = [
  { of: "name", field: "name", label: "Name", limit: 80 },
  { of: "tagline", field: "tagline", label: "In one line", hint: "Stands under the name.", limit: 200 },
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
  { of: "bio", field: "bio", label: "Life", lines: 4, hint: "Two sentences are enough." },
];
const DATES: Line[] = [
  { of: "born", field: "born", label: "Born", limit: 40 },
  { of: "died", field: "died", label: "Died", limit: 40 },
];
const MORE: Line[] = [
  { of: "works", field: "works", label: "Works", lines: 3, hint: "One on each line, as “Letters (1950)”." },
  {
    of: "cautions",
    field: "cautions",
    label: "Handle with care",
    lines: 3,
    hint: "Contested matters to answer plainly, claims never to make: one on each line.",
  },
  {
    of: "quotation",
    field: "quotation",
    label: "A quotation",
    lines: 2,
    hint: "Only words that are really theirs.",
    limit: 1_000,
  },
  { of: "source", field: "source", label: "Where it stands", limit: 200 },
];

/** Problems that belong to none of the fields are told at the foot. */
export const KNOWN_FIELDS = new Set([...FIRST, ...DATES, ...MORE].map(({ field }) => field));

export function EditorFields(props: Props) {
  const { card, onChange } = props;
  return (
    <>
      <Lines lines={FIRST} {...props} />
      <div className={styles.dates}>
        <Lines lines={DATES} {...props} />
        <label className={styles.living}>
          <input
            type="checkbox"
            checked={card.living}
            onChange={(event) => {
              onChange({ living: event.target.checked });
            }}
          />
          A living person: a narrator reports the ideas
        </label>
      </div>
      <details className={styles.more} open={MORE.some(({ of }) => card[of] !== "" && card[of] !== null)}>
        <summary>Works, cautions, a quotation</summary>
        <div className={styles.inner}>
          <Lines lines={MORE} {...props} />
        </div>
      </details>
    </>
  );
}

function Lines({ lines, card, problems, onChange }: Props & { lines: Line[] }) {
  return lines.map(({ of, field, ...line }) => (
    <Field
      key={of}
      {...line}
      required={of === "name"}
      autoComplete="off"
      problem={problems[field]}
      value={card[of] ?? ""}
      onValue={(value) => {
        onChange({ [of]: value });
      }}
    />
  ));
}
