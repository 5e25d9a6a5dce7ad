// The page of one discussion: title, dialogue, and what the host leads it with.
import { useQuery } from "@tanstack/react-query";
import { useCallback, useRef, useState } from "react";
import { Link } from "wouter";
import { Connection } from "@/components/Connection";
import { Notice } from "@/components/Notice";
import { configQuery } from "@/lib/configQuery";
import { useLanguage } from "@/lib/hooks";
import { discussionAsHost } from "@/lib/opening";
import type { LinkStatus } from "@/lib/socket";
import { Announcer } from "@/components/transcript/Announcer";
import styles from "./Discussion.module.css";
import { Dock } from "./Dock";
import { showMessage } from "@/components/transcript/showMessage";
import { Heading } from "./Heading";
import { HelpDialog } from "./HelpDialog";
import { RecapLine } from "./RecapLine";
import { RehearsalNotice } from "./RehearsalNotice";
import { Tools } from "./Tools";
import { Transcript } from "@/components/transcript/Transcript";
import { useFollow } from "@/components/transcript/useFollow";
import { useKeys } from "./useKeys";
import { LiveContext, useLive, useLiveDiscussion, useShown } from "@/lib/useLive";
import { TurnTools } from "./TurnTools";
import { useSought } from "./useSought";
import { useSteering } from "./useSteering";
import { useStable } from "./useStable";

export function Discussion({ id }: { id: string }) {
  const live = useLiveDiscussion(() => discussionAsHost(id));
  return (
    <LiveContext value={live}>
      <Connection />
      <Body />
    </LiveContext>
  );
}

function Body() {
  const ready = useShown(({ view }) => view !== null);
  const gone = useShown(({ status }) => goneWords(status));
  if (gone) return <Gone words={gone} />;
  return ready ? <Page /> : <div className={styles.page} aria-busy="true" />;
}

function Page() {
  const live = useLive();
  const language = useLanguage();
  const discussion = useShown(({ view }) => view?.discussion ?? null);
  const recap = useShown(({ view }) => view?.recap ?? null);
  const page = useRef<HTMLDivElement>(null);
  const { following, follow, leave } = useFollow(page);
  const steering = useSteering(follow);
  const [help, setHelp] = useState(false);
  const openHelp = useCallback(() => {
    setHelp(true);
  }, []);
  const speaker = useCallback(
    (place: number) => {
      const chosen = discussion?.participants[place - 1];
      if (chosen) steering.next(chosen.character_id);
    },
    [discussion, steering],
  );
  useKeys({
    next: steering.next,
    stop: steering.stop,
    speaker,
    help: openHelp,
    endAuto: steering.auto === null ? null : steering.endAuto,
  });
  const seek = (messageId: string) => {
    leave();
    void live.find(messageId).then((there) => {
      if (there)
        requestAnimationFrame(() => {
          showMessage(messageId);
        });
    });
  };
  useSought(seek);
  const mend = useStable(steering.mend);
  if (discussion === null) return null;
  return (
    <div ref={page} className={styles.page} data-own-notice>
      <Tools onHelp={openHelp} onSeek={seek} />
      <div className={styles.content}>
        <Heading discussion={discussion} />
        {discussion.rehearsal ? <Rehearsal id={discussion.id} /> : <DemoNotice />}
        <div lang={language}>
          <Transcript
            opening="The page is blank. Press Next Response and the first of them begins."
            onRemedy={mend}
            tools={TurnTools}
            mark={recap && { position: recap.position, content: <RecapLine recap={recap} /> }}
          />
        </div>
      </div>
      <Dock steering={steering} following={following} onFollow={follow} />
      <Announcer />
      {help && (
        <HelpDialog
          onClose={() => {
            setHelp(false);
          }}
        />
      )}
    </div>
  );
}

function Rehearsal({ id }: { id: string }) {
  const config = useQuery(configQuery);
  return <RehearsalNotice id={id} demo={config.data?.demo ?? false} />;
}

function DemoNotice() {
  const config = useQuery(configQuery);
  if (!config.data?.demo) return null;
  return (
    <Notice>
      <span>No key is set: these are ChatLab’s demo voices.</span>
      <Link href="/settings">Add a key</Link>
    </Notice>
  );
}

function goneWords(status: LinkStatus): string | null {
  if (status === "not_found") return "It may have been deleted, or it belongs to somebody else.";
  if (status === "share_ended") return "The host has ended it.";
  if (status === "signed_out") return "Your session has ended. Sign in again to go on.";
  return null;
}

function Gone({ words }: { words: string }) {
  return (
    <div className={styles.gone}>
      <h1>This discussion cannot be shown</h1>
      <p>{words}</p>
      <p>
        <Link href="/history">See your discussions</Link> or <Link href="/">start a new one</Link>.
      </p>
    </div>
  );
}
