// The part of the settings that is about who one is: name, habits, signing in, scripts, one's data.
import { useQuery } from "@tanstack/react-query";
import { Link } from "wouter";
import { buttonClass } from "@/components/Button";
import { Notice } from "@/components/Notice";
import { Section } from "@/components/Section";
import { wordsOf } from "@/lib/api";
import { configQuery } from "@/lib/configQuery";
import { useSession } from "@/lib/hooks";
import { meQuery } from "@/lib/me";
import styles from "./Account.module.css";
import { Deletion } from "./Deletion";
import { Habits } from "./Habits";
import { Identity } from "./Identity";
import { Logins } from "./Logins";
import { Password } from "./Password";
import { Research } from "./Research";
import { TakeAway } from "./TakeAway";
import { Tokens } from "./Tokens";

export function Account() {
  const me = useQuery(meQuery);
  const config = useQuery(configQuery).data;
  const session = useSession();
  if (me.error) return <Notice kind="problem">{wordsOf(me.error)}</Notice>;
  if (session.state !== "open" || !config) return null;
  const { user } = session;
  const account = user.kind === "account";
  const own = config.auth.mode === "own";
  return (
    <>
      <Section title="Who you are">
        <Identity user={user} config={config} />
      </Section>
      <Section title="New discussions">
        <Habits user={user} />
      </Section>
      {account && (
        <Section title="Signing in">
          {(!own || user.has_password === true) && <Password config={config} />}
          <Logins own={own} />
        </Section>
      )}
      <Section title="Scripts">
        <Tokens />
      </Section>
      <Section title="Your data">
        <TakeAway />
        <Research user={user} />
        <Deletion user={user} supabase={!own} />
      </Section>
      {(user.role === "admin" || user.role === "owner") && (
        <Section title="This ChatLab">
          <p>Invite others{user.role === "admin" && ", see what is used, take away data for research"}.</p>
          <Link href="/admin" className={buttonClass("plain", false, styles.action)}>
            Administration
          </Link>
        </Section>
      )}
    </>
  );
}
