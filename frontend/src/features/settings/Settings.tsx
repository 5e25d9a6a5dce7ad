// What can be set: how the page looks, who one is, whose voices speak, the photographs, the keys.
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { KeyList } from "@/components/KeyList";
import { Loading } from "@/components/Loading";
import { Page } from "@/components/Page";
import { Section } from "@/components/Section";
import { configQuery } from "@/lib/configQuery";
import { meQuery } from "@/lib/me";
import { portraitsQuery } from "@/lib/portraits";
import { Appearance } from "./Appearance";
import { Photographs } from "./Photographs";
import styles from "./Settings.module.css";
import { Voices } from "./Voices";

/** `account`: the sections about who one is. */
export function Settings({ account }: { account: ReactNode }) {
  const config = useQuery(configQuery);
  const me = useQuery(meQuery);
  const portraits = useQuery(portraitsQuery);
  // All at once, so that no section pushes another down.
  if (!config.data || !me.isFetched || !portraits.isFetched) {
    return <Loading title="Settings" error={config.error} onRetry={() => void config.refetch()} />;
  }
  return (
    <Page title="Settings">
      <Section title="How it looks">
        <Appearance />
      </Section>
      {account}
      <Section title="Whose voices speak">
        <Voices config={config.data} />
      </Section>
      <Section title="Photographs">
        <Photographs />
      </Section>
      <Section title="Keys in a discussion">
        <KeyList />
      </Section>
      <p className={styles.version}>ChatLab {config.data.version}</p>
    </Page>
  );
}
