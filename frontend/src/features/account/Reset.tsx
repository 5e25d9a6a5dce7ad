// A link for a new password: one's own secret behind the `#`, or Supabase's code in the address.
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "wouter";
import { Button } from "@/components/Button";
import { Loading } from "@/components/Loading";
import { Notice } from "@/components/Notice";
import { Page } from "@/components/Page";
import { fieldProblem, setPassword } from "@/lib/accounts";
import { wordsOf } from "@/lib/api";
import { readConfig, type Config } from "@/lib/config";
import { useSession } from "@/lib/hooks";
import { peekSession } from "@/lib/session";
import { PasswordField } from "./PasswordField";
import styles from "./SignIn.module.css";
import { useGoOn } from "./useEntering";

const resetQuery = {
  queryKey: ["reset"],
  queryFn: async () => {
    const config = await readConfig();
    if (config.auth.mode === "supabase") await peekSession();
    return config;
  },
};

export function Reset({ secret }: { secret: string }) {
  const config = useQuery(resetQuery);
  const session = useSession();
  if (!config.data)
    return (
      <Loading
        title="A new password"
        error={config.error}
        onRetry={() => {
          void config.refetch();
        }}
      />
    );
  const opened = config.data.auth.mode === "own" ? secret !== "" : session.state === "open";
  return (
    <Page
      title="A new password"
      lead={`You are signed out everywhere else once it is set${config.data.auth.mode === "own" ? ", and your tokens for scripts are deleted" : ""}.`}
    >
      <div className={styles.door}>
        {opened ? <ResetForm config={config.data} secret={secret} /> : <Dead />}
      </div>
    </Page>
  );
}

function Dead() {
  return (
    <Notice kind="problem">
      <span>
        This link opens nothing: it is over, was used, or was asked for in another browser.{" "}
        <Link href="/sign-in">Ask for a new one</Link>
      </span>
    </Notice>
  );
}

function ResetForm({ config, secret }: { config: Config; secret: string }) {
  const [password, setPasswordText] = useState("");
  const goOn = useGoOn();
  const setting = useMutation({
    mutationFn: () => setPassword(config, secret, password),
    onSuccess: goOn,
  });
  const problem = fieldProblem(setting.error, "password");
  return (
    <form
      className={styles.form}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (!setting.isPending) setting.mutate();
      }}
    >
      <PasswordField
        label="New password"
        autoComplete="new-password"
        hint="8 to 200 characters. Several words of your own are best."
        value={password}
        onValue={setPasswordText}
        problem={problem}
      />
      {setting.error && !problem && (
        <p role="alert" className={styles.problem}>
          {wordsOf(setting.error)}
        </p>
      )}
      <Button type="submit" kind="primary" aria-disabled={setting.isPending}>
        Set the password
      </Button>
    </form>
  );
}
