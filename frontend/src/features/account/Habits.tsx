// What new discussions begin with, and the language one discusses in.
import { useMutation } from "@tanstack/react-query";
import { Choice } from "@/components/Choice";
import { wordsOf } from "@/lib/api";
import { saveProfile } from "@/lib/preferences";
import type { Preferences, User } from "@/lib/session";
import styles from "./Account.module.css";

const LENGTHS = [
  ["short", "Short"],
  ["normal", "Normal"],
  ["long", "Long"],
] as const;
const LEVELS = [
  ["10", "Ten years old"],
  ["14", "Fourteen"],
  ["18", "Eighteen"],
  ["adult", "Adult"],
] as const;
/** Named in itself, as one looks for one's own. */
const LANGUAGES = ["en", "de", "fr", "es", "it", "pt", "nl", "pl", "tr", "uk", "el", "ar", "zh", "ja"];

function nameOf(language: string): string {
  const name = new Intl.DisplayNames([language], { type: "language" }).of(language) ?? language;
  return name.charAt(0).toLocaleUpperCase(language) + name.slice(1);
}

function oneOf<T extends string>(options: readonly (readonly [T, string])[], value: unknown, standard: T): T {
  return options.find(([option]) => option === value)?.[0] ?? standard;
}

export function Habits({ user }: { user: User }) {
  const saving = useMutation({ mutationFn: (preferences: Preferences) => saveProfile({ preferences }) });
  // What was just pressed is shown at once.
  const shown = { ...user.preferences, ...(saving.isPending && saving.variables) };
  return (
    <>
      <Choice
        legend="Length of turns"
        options={LENGTHS}
        value={oneOf(LENGTHS, shown.length, "normal")}
        onChange={(length) => {
          saving.mutate({ length });
        }}
      />
      <Choice
        legend="Spoken for listeners who are"
        options={LEVELS}
        value={oneOf(LEVELS, shown.level, "adult")}
        onChange={(level) => {
          saving.mutate({ level });
        }}
      />
      <label className={styles.select}>
        <span>Language you discuss in</span>
        <select
          value={LANGUAGES.includes(shown.language ?? "") ? shown.language : ""}
          onChange={(event) => {
            saving.mutate({ language: event.target.value });
          }}
        >
          <option value="">As this device</option>
          {LANGUAGES.map((language) => (
            <option key={language} value={language} lang={language}>
              {nameOf(language)}
            </option>
          ))}
        </select>
      </label>
      <p className={styles.soft}>
        For spelling and for screen readers. The characters answer in the language of the topic, whichever it
        is.
      </p>
      {saving.error && (
        <p role="alert" className={styles.problem}>
          {wordsOf(saving.error)}
        </p>
      )}
    </>
  );
}
