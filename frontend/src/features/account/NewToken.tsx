// A new token for a script.
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { Button } from "@/components/Button";
import { Choice } from "@/components/Choice";
import { Field } from "@/components/Field";
import { Secret } from "@/components/Secret";
import { fieldProblem } from "@/lib/accounts";
import { api, wordsOf } from "@/lib/api";
import styles from "./Account.module.css";
import type { Token } from "./Tokens";

const RIGHTS = [
  ["read", "Read"],
  ["all", "Read and write"],
] as const;
const ENDS = [
  ["30", "In 30 days"],
  ["365", "In a year"],
  ["never", "Never"],
] as const;
const DAY_MS = 86_400_000;

interface Wanted {
  name: string;
  rights: (typeof RIGHTS)[number][0];
  ends: (typeof ENDS)[number][0];
}

function make({ name, rights, ends }: Wanted): Promise<Token> {
  return api.post<Token>("/api/me/tokens", {
    name,
    scopes: rights === "read" ? ["read"] : ["read", "write"],
    ...(ends !== "never" && { expires_at: new Date(Date.now() + Number(ends) * DAY_MS).toISOString() }),
  });
}

export function NewToken({ onMade }: { onMade: () => Promise<unknown> }) {
  const [wanted, setWanted] = useState<Wanted>({ name: "", rights: "read", ends: "30" });
  const change = (part: Partial<Wanted>) => {
    setWanted((before) => ({ ...before, ...part }));
  };
  const making = useMutation({
    mutationFn: () => make(wanted),
    onSuccess: () => {
      change({ name: "" });
      return onMade();
    },
  });
  const nameProblem = fieldProblem(making.error, "name");
  return (
    <>
      {making.data?.token && (
        <Secret
          label="The new token"
          text={making.data.token}
          words={`The token ${making.data.name}. It is shown here once and never again: copy it now.`}
        />
      )}
      <details>
        <summary>Make a token</summary>
        <form
          className={styles.form}
          onSubmit={(event) => {
            event.preventDefault();
            if (!making.isPending) making.mutate();
          }}
        >
          <Field
            label="Token name"
            hint="What the script is for."
            value={wanted.name}
            onValue={(name) => {
              change({ name });
            }}
            problem={nameProblem}
          />
          <Choice
            legend="It may"
            options={RIGHTS}
            value={wanted.rights}
            onChange={(rights) => {
              change({ rights });
            }}
          />
          <Choice
            legend="It ends"
            options={ENDS}
            value={wanted.ends}
            onChange={(ends) => {
              change({ ends });
            }}
          />
          <Button type="submit" aria-disabled={making.isPending}>
            Make the token
          </Button>
          {making.error && !nameProblem && (
            <p role="alert" className={styles.problem}>
              {wordsOf(making.error)}
            </p>
          )}
        </form>
      </details>
    </>
  );
}
