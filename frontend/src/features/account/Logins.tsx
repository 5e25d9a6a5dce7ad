// Where one is signed in, and signing out: there, here, everywhere.
import { queryOptions, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useLocation } from "wouter";
import { Button } from "@/components/Button";
import { api, wordsOf } from "@/lib/api";
import { endSession } from "@/lib/session";
import { whenWords } from "@/lib/time";
import styles from "./Account.module.css";

interface Login {
  id: string;
  device: string;
  since: string;
  last_seen_at: string;
  current: boolean;
}

const loginsQuery = queryOptions({
  queryKey: ["logins"],
  queryFn: async ({ signal }) => (await api.get<{ items: Login[] }>("/api/me/logins", signal)).items,
});

/** `own`: ChatLab's own logins, which it can list. */
export function Logins({ own }: { own: boolean }) {
  const [, navigate] = useLocation();
  const logins = useQuery({ ...loginsQuery, enabled: own });
  const leaving = useMutation({
    mutationFn: (everywhere: boolean) => endSession(everywhere),
    onSuccess: () => {
      navigate("/sign-in");
    },
  });
  const error = leaving.error ?? logins.error;
  const act = (everywhere: boolean) => () => {
    if (!leaving.isPending) leaving.mutate(everywhere);
  };
  return (
    <div className={styles.group}>
      {logins.data && logins.data.length > 0 && (
        <ul className={styles.list} aria-label="Where you are signed in">
          {logins.data.map((login) => (
            <LoginRow key={login.id} login={login} />
          ))}
        </ul>
      )}
      <div className={styles.row}>
        <Button onClick={act(false)}>Sign out here</Button>
        <Button onClick={act(true)}>Sign out everywhere</Button>
      </div>
      <p className={styles.soft}>Everywhere: your tokens for scripts are deleted too.</p>
      {error && (
        <p role="alert" className={styles.problem}>
          {wordsOf(error)}
        </p>
      )}
    </div>
  );
}

function LoginRow({ login }: { login: Login }) {
  const queries = useQueryClient();
  const ending = useMutation({
    mutationFn: () => api.delete(`/api/me/logins/${login.id}`),
    onSettled: () => queries.invalidateQueries({ queryKey: loginsQuery.queryKey }),
  });
  const device = login.device || "Unknown device";
  return (
    <li>
      <div>
        {device}
        {login.current && " (here)"}
        <p className={styles.soft}>
          Last seen {whenWords(login.last_seen_at)}; signed in {whenWords(login.since)}
        </p>
      </div>
      {!login.current && (
        <Button
          kind="quiet"
          aria-label={`Sign out ${device}, last seen ${whenWords(login.last_seen_at)}`}
          aria-disabled={ending.isPending}
          onClick={() => {
            ending.mutate();
          }}
        >
          Sign out
        </Button>
      )}
    </li>
  );
}
