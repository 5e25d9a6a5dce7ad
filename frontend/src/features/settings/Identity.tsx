// Who one is to this server, and for how long it remembers.
import { queryOptions, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Button } from "@/components/Button";
import { Field } from "@/components/Field";
import { Notice } from "@/components/Notice";
import { api, wordsOf } from "@/lib/api";
import type { User } from "@/lib/session";
import styles from "./Settings.module.css";

export const meQuery = queryOptions({
  queryKey: ["me"],
  retryOnMount: false,
  queryFn: ({ signal }) => api.get<User>("/api/me", signal),
});

export function Identity() {
  const me = useQuery(meQuery);
  if (me.error) return <Notice kind="problem">{wordsOf(me.error)}</Notice>;
  if (!me.data) return null;
  return (
    <>
      <p>
        {me.data.kind === "guest"
          ? "You are a guest. This browser remembers you until 30 days after your last visit; nobody else can see your discussions."
          : `You are signed in as ${me.data.email ?? me.data.name}.`}
      </p>
      <NameForm user={me.data} />
    </>
  );
}

function NameForm({ user }: { user: User }) {
  const queries = useQueryClient();
  const [name, setName] = useState(user.name);
  const saving = useMutation({
    mutationFn: () => api.patch<User>("/api/me", { name: name.trim() }),
    onSuccess: (saved) => {
      queries.setQueryData(meQuery.queryKey, saved);
    },
  });
  const saved = saving.isSuccess && saving.data.name === name.trim();
  return (
    <form
      className={styles.name}
      onSubmit={(event) => {
        event.preventDefault();
        saving.mutate();
      }}
    >
      <Field
        label="Your name"
        hint="For your own lists. The characters and the model never learn it."
        autoComplete="name"
        value={name}
        onValue={setName}
        problem={saving.error ? wordsOf(saving.error) : undefined}
      />
      <Button type="submit">Save name</Button>
      <p role="status" className={styles.soft}>
        {saved && "Saved"}
      </p>
    </form>
  );
}
