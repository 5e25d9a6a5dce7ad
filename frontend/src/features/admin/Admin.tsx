// For the owner, who may invite; and for admins, who also see what is used and take data away for research.
import { useQuery } from "@tanstack/react-query";
import { Loading } from "@/components/Loading";
import { Notice } from "@/components/Notice";
import { Page } from "@/components/Page";
import { Section } from "@/components/Section";
import { configQuery } from "@/lib/configQuery";
import { useSession } from "@/lib/hooks";
import { meQuery } from "@/lib/me";
import { Downloads } from "./Downloads";
import { Invitations } from "./Invitations";
import { Usage } from "./Usage";

export function Admin() {
  const me = useQuery(meQuery);
  const config = useQuery(configQuery);
  const session = useSession();
  if (!me.isFetched || !config.data || session.state !== "open")
    return (
      <Loading
        title="Administration"
        error={me.error ?? config.error}
        onRetry={() => {
          void me.refetch();
          void config.refetch();
        }}
      />
    );
  const { role } = session.user;
  if (role !== "admin" && role !== "owner") return <NotHere />;
  return (
    <Page title="Administration">
      {config.data.auth.mode === "own" && (
        <Section title="Invitations">
          <Invitations />
        </Section>
      )}
      {role === "admin" ? (
        <>
          <Usage />
          <Section title="Data for research">
            <Downloads />
          </Section>
        </>
      ) : (
        <Section title="More">
          <p>
            What is used, and data for research, are for admins: put your address into ADMIN_EMAILS and
            confirm it. The settings of this ChatLab stand in its file .env.
          </p>
        </Section>
      )}
    </Page>
  );
}

function NotHere() {
  return (
    <Page title="Administration">
      <Notice>This is for the owner and the admins of this ChatLab (ADMIN_EMAILS).</Notice>
    </Page>
  );
}
