// The door of a server that does not let everybody in: the owner's link, or its code written by hand.
import { queryOptions, useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { useLocation } from "wouter";
import { Button } from "@/components/Button";
import { Field } from "@/components/Field";
import { Page } from "@/components/Page";
import { ApiError, wordsOf } from "@/lib/api";
import { configQuery } from "@/lib/configQuery";
import { useSession } from "@/lib/hooks";
import { currentToken, startAsGuest } from "@/lib/session";
import styles from "./Start.module.css";

/** A code opens once; the query makes sure of that, however often the page is rendered meanwhile. */
const exchangeQuery = (code: string) =>
  queryOptions({
    queryKey: ["start", code],
    enabled: code !== "",
    retry: false,
    staleTime: Infinity,
    queryFn: async () => {
      // First whoever is here already, so that the two answers cannot overtake each other.
      await currentToken().catch(() => null);
      await startAsGuest(code);
      return true;
    },
  });

function codeOf(hash: string): string {
  try {
    return decodeURIComponent(hash.replace(/^#/, "")).trim();
  } catch {
    return "";
  }
}

function words(error: unknown): string {
  const refused = error instanceof ApiError && [400, 401, 403, 404, 422].includes(error.status);
  if (!refused) return wordsOf(error);
  return "This link has been used already or is not the right one. Ask whoever runs this server for a new one; it is written in its log at the start.";
}

export function Start() {
  const [location, navigate] = useLocation();
  const session = useSession();
  const config = useQuery(configQuery).data;
  const [sent, setSent] = useState(() => codeOf(window.location.hash));
  const exchange = useQuery(exchangeQuery(sent));
  useEffect(() => {
    if (exchange.isSuccess && location === "/start") navigate("/", { replace: true });
  }, [exchange.isSuccess, location, navigate]);
  if (exchange.isFetching || exchange.isSuccess) {
    return (
      <Page title="Opening ChatLab">
        <p role="status">One moment…</p>
      </Page>
    );
  }
  const problem = exchange.error ? words(exchange.error) : undefined;
  const inside = session.state === "open" && problem === undefined;
  const open = config?.auth.guest === true && !config.auth.start;
  if (inside || open) return <Inside refused={problem !== undefined} onGo={() => navigate("/")} />;
  return (
    <Page title="Who goes there?" lead="This ChatLab opens to those whom its owner has invited.">
      <CodeForm
        initial={sent}
        problem={problem}
        onSend={(code) => {
          if (code === sent) void exchange.refetch();
          else setSent(code);
        }}
      />
    </Page>
  );
}

interface CodeFormProps {
  initial: string;
  problem: string | undefined;
  onSend: (code: string) => void;
}

function CodeForm({ initial, problem, onSend }: CodeFormProps) {
  const [code, setCode] = useState(initial);
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        // A whole link may be pasted as well.
        const written = code.slice(code.lastIndexOf("#") + 1).trim();
        if (written !== "") onSend(written);
      }}
    >
      <Field
        label="Code"
        hint="The part after # of the link you were given."
        autoComplete="off"
        value={code}
        onValue={setCode}
        problem={problem}
      />
      <Button type="submit" kind="primary">
        Come in
      </Button>
    </form>
  );
}

function Inside({ refused, onGo }: { refused: boolean; onGo: () => void }) {
  return (
    <Page
      title="You are in"
      lead={refused ? "That code opens nothing, but none is needed here." : "No code is needed here."}
    >
      <Button kind="primary" className={styles.go} onClick={onGo}>
        Choose a cast
      </Button>
    </Page>
  );
}
