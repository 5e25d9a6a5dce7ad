// Colour and emblem of a character of one's own: rows of roundels, one of them chosen.
import { useId, type ReactNode } from "react";
import { Roundel } from "@/components/Roundel";
import type { Card, Color } from "./cards";
import styles from "./Choices.module.css";
import { voiceOf } from "./Preview";

interface Props {
  card: Card;
  onChange: (part: Partial<Card>) => void;
}

interface Option {
  key: string;
  name: string;
  chosen: boolean;
  sign: ReactNode;
  choose: () => void;
}

function Options({ legend, options }: { legend: string; options: Option[] }) {
  const group = useId();
  return (
    <fieldset className={styles.choice}>
      <legend>{legend}</legend>
      <div className={styles.options}>
        {options.map((option) => (
          <label key={option.key} className={styles.option} title={option.name}>
            <input
              type="radio"
              name={group}
              className="visually-hidden"
              aria-label={option.name}
              checked={option.chosen}
              onChange={option.choose}
            />
            {option.sign}
          </label>
        ))}
      </div>
    </fieldset>
  );
}

/** Each pair reads well on paper and at night; a colour brought along by a copy stands first. */
export function ColorChoice({ card, palette, onChange }: Props & { palette: Color[] }) {
  const own = { light: card.color, dark: card.color_dark };
  const same = (one: Color, other: Color) => one.light === other.light && one.dark === other.dark;
  const colors = palette.some((color) => same(color, own)) ? palette : [own, ...palette];
  const options = colors.map((color, index) => ({
    key: color.light + color.dark,
    name: `Colour ${String(index + 1)} of ${String(colors.length)}`,
    chosen: same(color, own),
    sign: (
      <Roundel
        voice={{ name: "", color: color.light, color_dark: color.dark, avatar_url: null }}
        size={2.25}
      />
    ),
    choose: () => {
      onChange({ color: color.light, color_dark: color.dark });
    },
  }));
  return <Options legend="Colour" options={options} />;
}

/** "own-book" is a book, "john-dewey" is the emblem of that character. */
function emblemName(emblem: string): string {
  const name = emblem.replace(/^own-/, "").replaceAll("-", " ");
  return name.charAt(0).toUpperCase() + name.slice(1);
}

/** The drawings for everybody; one brought along by a copy stands with them. */
export function EmblemChoice({ card, emblems, onChange }: Props & { emblems: string[] }) {
  const free = emblems.filter((emblem) => emblem.startsWith("own-"));
  const all = card.emblem === null || free.includes(card.emblem) ? free : [card.emblem, ...free];
  const options = [null, ...all].map((emblem) => ({
    key: emblem ?? "initials",
    name: emblem === null ? "Initials" : emblemName(emblem),
    chosen: card.emblem === emblem,
    sign: <Roundel voice={voiceOf({ ...card, emblem })} size={3} />,
    choose: () => {
      onChange({ emblem });
    },
  }));
  return <Options legend="Emblem" options={options} />;
}
