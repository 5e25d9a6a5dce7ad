// Who one is to this server, for how long it remembers, and how a guest becomes more.
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "wouter";
import { Button, buttonClass } from "@/components/Button";
import { Field } from "@/components/Field";
import { Notice } from "@/components/Notice";
import { confirmAddress } from "@/lib/accounts";
import { wordsOf } from "@/lib/api";
import { registrationOf, type Config } from "@/lib/config";
import { saveProfile } from "@/lib/preferences";
import type { User } from "@/lib/session";
import styles from "./Account.module.css";

export function Identity({ user, config }: { user: User; config: Config }) {
  return (
    <>
      {user.kind === "guest" ? <GuestWords user={user} config={config} /> : <AccountWords user={user} />}
      <NameForm user={user} />
    </>
  );
}

function GuestWords({ user, config }: { user: User; config: Config }) {
  const registration = registrationOf(config);
  const open = registration === "open" || (registration === "invite" && user.role === "owner");
  return (
    <>
      <p>
        You are a guest. This browser remembers you until 30 days after your last visit; nobody else can see
        your discussions.
      </p>
      {(open || config.auth.mode === "supabase") && (
        <p>With an account you find them on every device. What you have here comes along.</p>
      )}
      <div className={styles.row}>
        {(open || config.auth.mode === "supabase") && (
          <Link href="/sign-in?new" className={buttonClass("primary")}>
            Create account
          </Link>
        )}
        <Link href="/sign-in" className={buttonClass()}>
          Sign in
        </Link>
      </div>
    </>
  );
}

function AccountWords({ user }: { user: User }) {
  return (
    <>
      <p>You are signed in as {user.email ?? user.name}.</p>
      {user.email !== null && user.email_confirmed === false && <Unconfirmed />}
    </>
  );
}

function Unconfirmed() {
  const sending = useMutation({ mutationFn: () => confirmAddress(null) });
  return (
    <Notice>
      <span>
        This address is not confirmed yet. Until then a forgotten password cannot be reset by mail, and an
        admin has no rights.
      </span>
      {sending.isSuccess ? (
        <span role="status">A letter with a link is on its way.</span>
      ) : (
        <Button
          kind="quiet"
          aria-disabled={sending.isPending}
          onClick={() => {
            sending.mutate();
          }}
        >
          Send the link again
        </Button>
      )}
      {sending.error && <span role="alert">{wordsOf(sending.error)}</span>}
    </Notice>
  );
}

function NameForm({ user }: { user: User }) {
  const [name, setName] = useState(user.name);
  const saving = useMutation({ mutationFn: () => saveProfile({ name: name.trim() }) });
  const saved = saving.isSuccess && saving.data.name === name.trim();
  return (
    <form
      className={styles.form}
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
