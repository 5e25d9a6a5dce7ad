// Tokens for scripts: made with what they may do and until when, shown once, deleted.
import { queryOptions, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Button } from "@/components/Button";
import { ConfirmDialog } from "@/components/ConfirmDialog";
import { api, wordsOf } from "@/lib/api";
import { whenWords } from "@/lib/time";
import styles from "./Account.module.css";
import { NewToken } from "./NewToken";

export interface Token {
  id: string;
  name: string;
  scopes: string[];
  created_at: string;
  expires_at: string | null;
  last_used_at: string | null;
  /** Only in the answer that made it. */
  token?: string;
}

const tokensQuery = queryOptions({
  queryKey: ["tokens"],
  queryFn: async ({ signal }) => (await api.get<{ items: Token[] }>("/api/me/tokens", signal)).items,
});

export function Tokens() {
  const queries = useQueryClient();
  const tokens = useQuery(tokensQuery);
  const refresh = () => queries.invalidateQueries({ queryKey: tokensQuery.queryKey });
  return (
    <div className={styles.group}>
      <p>
        With a token a script acts in your name on your discussions and characters, and on nothing else of
        your account. What it can call stands in{" "}
        <a href="/api/openapi.json">the description of the interface</a>.
      </p>
      {tokens.error && (
        <p role="alert" className={styles.problem}>
          {wordsOf(tokens.error)}
        </p>
      )}
      {tokens.data && tokens.data.length > 0 && (
        <ul className={styles.list} aria-label="Tokens">
          {tokens.data.map((token) => (
            <TokenRow key={token.id} token={token} onGone={refresh} />
          ))}
        </ul>
      )}
      <NewToken onMade={refresh} />
    </div>
  );
}

function TokenRow({ token, onGone }: { token: Token; onGone: () => Promise<unknown> }) {
  const [asking, setAsking] = useState(false);
  const deleting = useMutation({
    mutationFn: () => api.delete(`/api/me/tokens/${token.id}`),
    onSuccess: onGone,
  });
  const may = token.scopes.includes("write") ? "reads and writes" : "reads";
  const used = token.last_used_at === null ? "never used" : `last used ${whenWords(token.last_used_at)}`;
  const until = token.expires_at === null ? "without an end" : `until ${whenWords(token.expires_at)}`;
  return (
    <li>
      <div>
        {token.name}
        <p className={styles.soft}>
          {may}, {until}, {used}
        </p>
      </div>
      <Button
        kind="quiet"
        aria-label={`Delete the token ${token.name}`}
        onClick={() => {
          setAsking(true);
        }}
      >
        Delete
      </Button>
      {asking && (
        <ConfirmDialog
          title={`Delete the token ${token.name}?`}
          action="Delete"
          onConfirm={() => deleting.mutateAsync()}
          onClose={() => {
            setAsking(false);
          }}
        >
          Scripts that use it are shut out at once.
        </ConfirmDialog>
      )}
    </li>
  );
}
