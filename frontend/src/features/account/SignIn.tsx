// The door: signing in, opening an account, going on as a guest, by whatever this server offers.
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link, useSearch } from "wouter";
import { Button } from "@/components/Button";
import { Loading } from "@/components/Loading";
import { Notice } from "@/components/Notice";
import { Page } from "@/components/Page";
import { offerOf, type Offer } from "@/lib/accounts";
import { guestsWelcome, readConfig, type Config } from "@/lib/config";
import { useSession } from "@/lib/hooks";
import { peekSession } from "@/lib/session";
import { Forgotten } from "./Forgotten";
import { Providers } from "./Providers";
import { SignedIn } from "./SignedIn";
import { SignInForm } from "./SignInForm";
import styles from "./SignIn.module.css";
import { useGuest } from "./useEntering";

/** Why a way round by Google or Microsoft did not lead in. */
const PROBLEMS: Record<string, string> = {
  expired: "That took too long, or was begun in another tab. Try again.",
  denied: "You came back without signing in. Try again, or take another way.",
  unavailable: "This way to sign in cannot be reached just now. Try again in a moment.",
  organisation: "Accounts of that organisation may not come in here. Take another account.",
  failed: "What came back does not hold. Try again; if it stays so, tell whoever runs this ChatLab.",
  invitation: "A new account here needs an invitation link. Ask whoever runs this ChatLab.",
  closed: "No new accounts are opened here.",
};

const doorQuery = {
  queryKey: ["door"],
  queryFn: async () => {
    await peekSession();
    const config = await readConfig();
    return { config, offer: await offerOf(config) };
  },
};

interface Props {
  /** The secret of an invitation. */
  invitation?: string | null;
  /** One came with a link that confirms an address, which counts with the login. */
  confirming?: boolean;
}

export function SignIn({ invitation = null, confirming = false }: Props) {
  const door = useQuery(doorQuery);
  const session = useSession();
  if (!door.data)
    return (
      <Loading
        title="Sign in"
        error={door.error}
        onRetry={() => {
          void door.refetch();
        }}
      />
    );
  if (session.state === "open" && session.user.kind === "account") return <SignedIn user={session.user} />;
  return <Door {...door.data} invitation={invitation} confirming={confirming} />;
}

interface DoorProps {
  config: Config;
  offer: Offer;
  invitation: string | null;
  confirming: boolean;
}

function Door({ config, offer, invitation, confirming }: DoorProps) {
  const query = new URLSearchParams(useSearch());
  const wantsNew = query.has("new") || invitation !== null;
  const [fresh, setFresh] = useState(wantsNew);
  const [email, setEmail] = useState("");
  const [forgotten, setForgotten] = useState(false);
  const problem = PROBLEMS[query.get("problem") ?? ""];
  if (forgotten)
    return (
      <Forgotten
        config={config}
        mail={offer.mail}
        email={email}
        onEmail={setEmail}
        onBack={() => {
          setForgotten(false);
        }}
      />
    );
  return (
    <Page
      title={fresh ? "Create an account" : "Sign in"}
      lead={confirming ? "Then your address is confirmed." : lead(fresh, invitation)}
    >
      <div className={styles.door}>
        <Circumstances problem={problem} />
        {offer.passwords && (
          <SignInForm
            config={config}
            offer={offer}
            invitation={invitation}
            fresh={fresh}
            email={email}
            onEmail={setEmail}
            onFresh={setFresh}
            onForgotten={() => {
              setForgotten(true);
            }}
          />
        )}
        <Providers config={config} providers={offer.providers} invitation={invitation} />
        <WithoutAccount config={config} />
      </div>
    </Page>
  );
}

function lead(fresh: boolean, invitation: string | null): string {
  if (invitation !== null) return "You have been invited. The account is yours alone.";
  return fresh ? "So that you find your discussions on every device." : "To your discussions and characters.";
}

/** What one should know before: why one stands here, and what becomes of a guest's things. */
function Circumstances({ problem }: { problem: string | undefined }) {
  const session = useSession();
  const guest = session.state === "open";
  const ended = session.state === "closed" && session.ended === true;
  return (
    <>
      {problem && <Notice kind="problem">{problem}</Notice>}
      {ended && !problem && (
        <Notice>
          You have been signed out, here or from another device. Nothing is lost: sign in again to go on.
        </Notice>
      )}
      {guest && (
        <Notice>
          You are a guest now. An account that you create here takes your discussions along; if you sign in to
          one you have already, they stay behind.
        </Notice>
      )}
    </>
  );
}

function WithoutAccount({ config }: { config: Config }) {
  if (guestsWelcome(config)) return <AsGuest />;
  return (
    <p className={styles.soft}>
      You have the owner’s link? <Link href="/start">Write its code</Link>
    </p>
  );
}

function AsGuest() {
  const { go, pending, problem } = useGuest();
  return (
    <div className={styles.guest}>
      <Button aria-disabled={pending} onClick={go}>
        Continue as guest
      </Button>
      <p className={styles.soft}>No account: this browser alone remembers your discussions.</p>
      {problem && (
        <p role="alert" className={styles.problem}>
          {problem}
        </p>
      )}
    </div>
  );
}
