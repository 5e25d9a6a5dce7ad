// A link that confirms one's address. It counts together with the login: whoever is not signed in signs in first.
import { queryOptions, useQuery } from "@tanstack/react-query";
import { Button } from "@/components/Button";
import { Loading } from "@/components/Loading";
import { Notice } from "@/components/Notice";
import { Page } from "@/components/Page";
import { confirmAddress } from "@/lib/accounts";
import { wordsOf } from "@/lib/api";
import { useSession } from "@/lib/hooks";
import { peekSession } from "@/lib/session";
import { SignIn } from "./SignIn";
import styles from "./SignIn.module.css";
import { useGoOn } from "./useEntering";

const peekQuery = { queryKey: ["peek"], queryFn: () => peekSession().then(() => true) };

/** A link works once; the query makes sure of that, however often the page is rendered meanwhile. */
const confirmQuery = (secret: string, ready: boolean) =>
  queryOptions({
    queryKey: ["confirm", secret],
    enabled: ready,
    retry: false,
    staleTime: Infinity,
    queryFn: () => confirmAddress(secret).then(() => true),
  });

export function Confirm({ secret }: { secret: string }) {
  const peek = useQuery(peekQuery);
  const session = useSession();
  const inside = session.state === "open" && session.user.kind === "account";
  const confirming = useQuery(confirmQuery(secret, peek.isSuccess && inside));
  const goOn = useGoOn();
  if (!peek.isSuccess || confirming.isFetching)
    return (
      <Loading
        title="Confirming your address"
        error={peek.error}
        onRetry={() => {
          void peek.refetch();
        }}
      />
    );
  if (!inside) return <SignIn confirming />;
  return (
    <Page title={confirming.isSuccess ? "Your address is confirmed" : "This address is not confirmed"}>
      <div className={styles.door}>
        {confirming.error && <Notice kind="problem">{wordsOf(confirming.error)}</Notice>}
        <Button kind="primary" className={styles.back} onClick={goOn}>
          Choose a cast
        </Button>
      </div>
    </Page>
  );
}
