// Links with which others open accounts: made for so many, listed while they open something, ended.
import { queryOptions, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Button } from "@/components/Button";
import { Field } from "@/components/Field";
import { Secret } from "@/components/Secret";
import { fieldProblem } from "@/lib/accounts";
import { api, wordsOf } from "@/lib/api";
import { whenWords } from "@/lib/time";
import styles from "./Admin.module.css";

interface Made {
  url: string;
  uses: number;
  expires_at: string;
}

interface Open {
  id: string;
  uses_left: number;
  expires_at: string;
}

const MOST = 500;

const invitationsQuery = queryOptions({
  queryKey: ["invitations"],
  queryFn: async ({ signal }) => (await api.get<{ items: Open[] }>("/api/invitations", signal)).items,
});

const accounts = (count: number) => (count === 1 ? "one account" : `${String(count)} accounts`);

export function Invitations() {
  const queries = useQueryClient();
  const open = useQuery(invitationsQuery);
  const [uses, setUses] = useState("1");
  const making = useMutation({
    mutationFn: () => api.post<Made>("/api/invitations", { uses: Number(uses) }),
    onSuccess: () => queries.invalidateQueries({ queryKey: invitationsQuery.queryKey }),
  });
  const problem = fieldProblem(making.error, "uses");
  const error = open.error ?? (problem === undefined ? making.error : null);
  return (
    <div className={styles.group}>
      <p>
        With an invitation link others open an account here. Send it to them, or put it on the wall of the
        staff room.
      </p>
      <form
        className={styles.row}
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (!making.isPending) making.mutate();
        }}
      >
        <Field
          label="For how many accounts"
          type="number"
          inputMode="numeric"
          min={1}
          max={MOST}
          value={uses}
          onValue={setUses}
          problem={problem}
        />
        <Button type="submit" aria-disabled={making.isPending}>
          Make a link
        </Button>
      </form>
      {making.data && (
        <Secret
          label="The invitation link"
          text={making.data.url}
          words={`Opens ${accounts(making.data.uses)}, until ${whenWords(making.data.expires_at)}. It is shown once.`}
        />
      )}
      {error && (
        <p role="alert" className={styles.problem}>
          {wordsOf(error)}
        </p>
      )}
      {open.data && open.data.length > 0 && (
        <ul className={styles.list} aria-label="Open invitations">
          {open.data.map((invitation) => (
            <InvitationRow key={invitation.id} invitation={invitation} />
          ))}
        </ul>
      )}
    </div>
  );
}

function InvitationRow({ invitation }: { invitation: Open }) {
  const queries = useQueryClient();
  const ending = useMutation({
    mutationFn: () => api.delete(`/api/invitations/${invitation.id}`),
    onSettled: () => queries.invalidateQueries({ queryKey: invitationsQuery.queryKey }),
  });
  const words = `For ${accounts(invitation.uses_left)} still, until ${whenWords(invitation.expires_at)}`;
  return (
    <li>
      <span>{words}</span>
      <Button
        kind="quiet"
        aria-label={`End the invitation: ${words}`}
        aria-disabled={ending.isPending}
        onClick={() => {
          ending.mutate();
        }}
      >
        End it
      </Button>
    </li>
  );
}
