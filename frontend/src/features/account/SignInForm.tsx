// Address and password: for an account one has, or for a new one. What was typed stays when something is wrong.
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { Button } from "@/components/Button";
import { Field } from "@/components/Field";
import { Notice } from "@/components/Notice";
import { fieldProblem, register, signIn, type Offer } from "@/lib/accounts";
import { ApiError, wordsOf } from "@/lib/api";
import type { Config } from "@/lib/config";
import { useSession } from "@/lib/hooks";
import { track } from "@/lib/track";
import { PasswordField } from "./PasswordField";
import styles from "./SignIn.module.css";
import { useGoOn } from "./useEntering";

interface Props {
  config: Config;
  offer: Offer;
  invitation: string | null;
  /** For a new account. */
  fresh: boolean;
  onFresh: (fresh: boolean) => void;
  email: string;
  onEmail: (email: string) => void;
  onForgotten: () => void;
}

type Way = "in" | "new";

export function SignInForm(props: Props) {
  const { config, offer, invitation, fresh, onFresh, email, onEmail } = props;
  const [password, setPassword] = useState("");
  const [name, setName] = useState("");
  const goOn = useGoOn();
  const mayOpen = useMayOpen(offer, invitation);
  const first: Way = fresh && mayOpen ? "new" : "in";
  const entering = useMutation({
    mutationFn: async (way: Way) => {
      if (way === "new") return register(config, { email, password, name, invitation });
      await signIn(config, email, password);
      return true;
    },
    onSuccess: (inside, way) => {
      track(way === "new" ? "account_created" : "signed_in");
      if (inside) goOn();
    },
  });
  const send = (way: Way) => {
    if (entering.isPending) return;
    // With nothing to send yet, the other button only shows what it asks for.
    const looking = way !== first && email.trim() === "" && password === "";
    onFresh(way === "new");
    if (looking) entering.reset();
    else entering.mutate(way);
  };
  if (entering.data === false) return <LetterSent email={email} />;
  const { error } = entering;
  return (
    <form
      className={styles.form}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        send(first);
      }}
    >
      <Field
        label="Email"
        type="email"
        inputMode="email"
        autoComplete="email"
        value={email}
        onValue={onEmail}
        problem={fieldProblem(error, "email")}
      />
      {fresh && mayOpen && (
        <Field
          label="Name"
          hint="As you want to be called. It can be changed later."
          autoComplete="name"
          value={name}
          onValue={setName}
          problem={fieldProblem(error, "name")}
        />
      )}
      <PasswordField
        label="Password"
        autoComplete={fresh ? "new-password" : "current-password"}
        hint={fresh && mayOpen ? "8 to 200 characters. Several words of your own are best." : undefined}
        value={password}
        onValue={setPassword}
        problem={fieldProblem(error, "password")}
      />
      <Failure error={error} />
      <Ways first={first} mayOpen={mayOpen} pending={entering.isPending} onWay={send} />
      {!mayOpen && offer.register === "invite" && (
        <p className={styles.soft}>New accounts need an invitation link from whoever runs this ChatLab.</p>
      )}
      <Button kind="quiet" className={styles.forgotten} onClick={props.onForgotten}>
        Forgotten password
      </Button>
    </form>
  );
}

/** Whether the one who stands here may open an account. */
function useMayOpen(offer: Offer, invitation: string | null): boolean {
  const session = useSession();
  const owner = session.state === "open" && session.user.role === "owner";
  return offer.register === "open" || (offer.register === "invite" && (invitation !== null || owner));
}

interface WaysProps {
  first: Way;
  mayOpen: boolean;
  pending: boolean;
  onWay: (way: Way) => void;
}

/** Enter in a field is the first of the two. */
function Ways({ first, mayOpen, pending, onWay }: WaysProps) {
  const ways: [Way, string][] = [
    ["in", "Sign in"],
    ["new", "Create account"],
  ];
  return (
    <div className={styles.ways}>
      {ways
        .filter(([way]) => way === "in" || mayOpen)
        .map(([way, words]) => (
          <Button
            key={way}
            type={way === first ? "submit" : "button"}
            kind={way === first ? "primary" : "plain"}
            aria-disabled={pending}
            onClick={
              way === first
                ? undefined
                : () => {
                    onWay(way);
                  }
            }
          >
            {words}
          </Button>
        ))}
    </div>
  );
}

function Failure({ error }: { error: Error | null }) {
  if (error === null || (error instanceof ApiError && error.fields.length > 0)) return null;
  return (
    <p role="alert" className={styles.problem}>
      {wordsOf(error)}
    </p>
  );
}

function LetterSent({ email }: { email: string }) {
  return <Notice>A letter is on its way to {email}. Open its link in this browser, and you are in.</Notice>;
}
