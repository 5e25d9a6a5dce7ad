// The discussion as an observer's phone shows it: the transcript, the running turn, and little else.
import { useEffect, useRef } from "react";
import { Connection } from "@/components/Connection";
import { Announcer } from "@/components/transcript/Announcer";
import { Pill } from "@/components/transcript/Pill";
import { Transcript } from "@/components/transcript/Transcript";
import { useFollow } from "@/components/transcript/useFollow";
import { LiveDiscussion } from "@/lib/live";
import { LiveContext, useLiveDiscussion, useShown } from "@/lib/useLive";
import { watchDoor } from "@/lib/watch";
import type { Discussion } from "@/protocol/types";
import { CodeField } from "./CodeField";
import { Missed } from "./Missed";
import { Title } from "./Title";
import styles from "./Watch.module.css";

/** At most 30 paints a second: it is read at 20 % battery. */
const PAINT_EVERY_MS = 34;

export function Watch({ code }: { code: string }) {
  const live = useLiveDiscussion(() => new LiveDiscussion(code, watchDoor(code), PAINT_EVERY_MS));
  return (
    <LiveContext value={live}>
      <Connection />
      <Body code={code} />
    </LiveContext>
  );
}

function Body({ code }: { code: string }) {
  const status = useShown((shown) => shown.status);
  const discussion = useShown(({ view }) => view?.discussion ?? null);
  const over = status === "share_ended" || status === "not_found";
  if (over && discussion === null)
    return (
      <CodeField
        title={status === "share_ended" ? "The host has ended the share" : "This code opens nothing"}
        words={
          status === "share_ended"
            ? "What was said stays with the host. With a new code you can watch again."
            : `There is no discussion behind ${code}. Look at the wall again: the code may be mistyped, or its time is over.`
        }
      />
    );
  if (discussion === null) return <main className={styles.page} aria-busy="true" />;
  return <Page code={code} discussion={discussion} over={over} />;
}

function Page({ code, discussion, over }: { code: string; discussion: Discussion; over: boolean }) {
  const page = useRef<HTMLElement>(null);
  const { following, follow } = useFollow(page);
  useEffect(() => {
    document.title = `${discussion.topic} · ChatLab`;
  }, [discussion.topic]);
  return (
    <main ref={page} className={styles.page}>
      <Title discussion={discussion} />
      <Transcript opening="Nothing has been said yet. The first words will appear here." />
      <div className={styles.dock}>
        {!following && <Pill onPress={follow} />}
        <Missed code={code} />
        {over && (
          <p className={styles.over} role="status">
            The host has ended the share. What was said stays here until you close the page.
          </p>
        )}
        <p className={styles.notice}>The characters’ words are an AI’s portrayal.</p>
      </div>
      <Announcer />
    </main>
  );
}
