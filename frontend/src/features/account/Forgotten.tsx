// Whoever cannot sign in gets a link by mail, or hears how to get one otherwise.
import { useMutation } from "@tanstack/react-query";
import { Button } from "@/components/Button";
import { Field } from "@/components/Field";
import { Notice } from "@/components/Notice";
import { Page } from "@/components/Page";
import { fieldProblem, sendReset } from "@/lib/accounts";
import { wordsOf } from "@/lib/api";
import type { Config } from "@/lib/config";
import styles from "./SignIn.module.css";

interface Props {
  config: Config;
  /** Whether letters can be sent. */
  mail: boolean;
  email: string;
  onEmail: (email: string) => void;
  onBack: () => void;
}

export function Forgotten({ config, mail, email, onEmail, onBack }: Props) {
  return (
    <Page title="A new password" lead="A link lets you set one. It works once, within an hour.">
      <div className={styles.door}>
        {mail ? <ByMail config={config} email={email} onEmail={onEmail} /> : <ByHand />}
        <Button className={styles.back} onClick={onBack}>
          Back
        </Button>
      </div>
    </Page>
  );
}

function ByMail({ config, email, onEmail }: Pick<Props, "config" | "email" | "onEmail">) {
  const sending = useMutation({ mutationFn: () => sendReset(config, email) });
  const problem = fieldProblem(sending.error, "email");
  return (
    <form
      className={styles.form}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (!sending.isPending) sending.mutate();
      }}
    >
      <Field
        label="Email"
        type="email"
        inputMode="email"
        autoComplete="email"
        value={email}
        onValue={onEmail}
        problem={problem ?? (sending.error ? wordsOf(sending.error) : undefined)}
      />
      <Button type="submit" kind="primary" aria-disabled={sending.isPending}>
        Send the link
      </Button>
      {sending.isSuccess && (
        <Notice>
          <span role="status">
            If there is an account with this address, confirmed to be its owner’s, a letter is on its way.
            None came? Look at the address and among the spam; then ask whoever runs this ChatLab.
          </span>
        </Notice>
      )}
    </form>
  );
}

function ByHand() {
  return (
    <Notice>
      <span>
        This ChatLab sends no mail. Ask whoever runs it for a link; on the server it is made with{" "}
        <code>chatlab reset-link ADDRESS</code>
      </span>
    </Notice>
  );
}
