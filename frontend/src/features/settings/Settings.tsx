// What can be set: how the page looks, who one is, whose voices speak, the photographs, the keys.
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Page } from "@/components/Page";
import { configQuery } from "@/lib/config";
import { Appearance } from "./Appearance";
import { Identity } from "./Identity";
import { Keys } from "./Keys";
import { Photographs } from "./Photographs";
import styles from "./Settings.module.css";
import { Voices } from "./Voices";

export function Settings() {
  const config = useQuery(configQuery);
  return (
    <Page title="Settings">
      <Section title="How it looks">
        <Appearance />
      </Section>
      <Section title="Who you are">
        <Identity />
      </Section>
      <Section title="Whose voices speak">
        <Voices config={config.data} />
      </Section>
      <Section title="Photographs">
        <Photographs />
      </Section>
      <Section title="Keys in a discussion">
        <Keys />
      </Section>
      <p className={styles.version}>{config.data ? `ChatLab ${config.data.version}` : " "}</p>
    </Page>
  );
}

function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className={styles.section}>
      <h2 className={styles.title}>{title}</h2>
      <div className={styles.content}>{children}</div>
    </section>
  );
}
