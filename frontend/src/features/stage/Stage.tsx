// The discussion on the wall, for the last row of a bright room: the current turn and the end of the one before.
import { useEffect, useRef, type CSSProperties } from "react";
import { Connection } from "@/components/Connection";
import { Markdown } from "@/components/Markdown";
import { Roundel } from "@/components/Roundel";
import { voiceStyle } from "@/components/voice";
import { LiveDiscussion } from "@/lib/live";
import { LiveContext, useLiveDiscussion, useShown } from "@/lib/useLive";
import { watchDoor } from "@/lib/watch";
import type { Discussion } from "@/protocol/types";
import { figureOf } from "@/protocol/view";
import { Foot } from "./Foot";
import { Join } from "./Join";
import { Questions } from "./Questions";
import type { Part } from "./reveal";
import styles from "./Stage.module.css";
import { useAwake } from "./useAwake";
import { useReveal } from "./useReveal";
import { useScreen } from "./useScreen";

export function Stage({ code }: { code: string }) {
  const live = useLiveDiscussion(() => new LiveDiscussion(code, watchDoor(code)));
  useAwake();
  useEffect(() => {
    const { dataset } = document.documentElement;
    dataset["stage"] = "";
    document.title = "Stage · ChatLab";
    return () => {
      delete dataset["stage"];
    };
  }, []);
  return (
    <LiveContext value={live}>
      <Connection />
      <Screen code={code} />
    </LiveContext>
  );
}

function Screen({ code }: { code: string }) {
  const status = useShown((shown) => shown.status);
  const discussion = useShown(({ view }) => view?.discussion ?? null);
  const told = useShown(({ view }) => view?.room?.stage ?? null);
  const stage = useScreen(told);
  const style = { "--size": stage.type_size / 100 } as CSSProperties;
  if (stage.blank) return <main className={styles.blank} aria-label="Blank" />;
  if (status === "share_ended") return <Words>The host has ended the share.</Words>;
  if (status === "not_found") return <Words>There is no discussion behind {code}.</Words>;
  if (discussion === null) return <main className={styles.stage} aria-busy="true" />;
  return (
    <main className={styles.stage} style={style}>
      <h1 className={styles.question}>{discussion.topic}</h1>
      <Middle code={code} discussion={discussion} stage={stage} />
    </main>
  );
}

function Words({ children }: { children: React.ReactNode }) {
  return (
    <main className={styles.stage}>
      <p className={styles.words}>{children}</p>
    </main>
  );
}

interface MiddleProps {
  code: string;
  discussion: Discussion;
  stage: ReturnType<typeof useScreen>;
}

function Middle({ code, discussion, stage }: MiddleProps) {
  const scene = useReveal(stage.words_per_minute, stage.pause);
  // The stage itself is one of those who watch.
  const joined = useShown(({ view }) => (view?.presence?.observers ?? 1) > 1);
  const invites = stage.show === "code" || (scene.part === null && !joined && stage.show_code);
  return (
    <>
      {invites ? (
        <Join code={code} />
      ) : stage.show === "questions" ? (
        <Questions />
      ) : (
        <Dialogue discussion={discussion} {...scene} />
      )}
      <Foot
        code={stage.show_code && !invites ? code : null}
        large={!joined}
        discussion={discussion}
        speaking={scene.part}
        atEnd={scene.atEnd}
        paused={stage.pause}
      />
    </>
  );
}

interface DialogueProps {
  discussion: Discussion;
  part: Part | null;
  before: Part | null;
}

function Dialogue({ discussion, part, before }: DialogueProps) {
  const box = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const empty = part === null;
  // The newest line is always in sight, also in larger type; what is longer than the wall moves up by its lines.
  useEffect(() => {
    const { current: outer } = box;
    const { current: inner } = content;
    if (empty || outer === null || inner === null) return;
    const observer = new ResizeObserver(() => {
      outer.scrollTop = outer.scrollHeight;
    });
    observer.observe(outer);
    observer.observe(inner);
    return () => {
      observer.disconnect();
    };
  }, [empty]);
  if (part === null) return <div className={styles.dialogue} />;
  const voice = figureOf(discussion, part.characterId);
  return (
    <div className={styles.dialogue}>
      <div className={styles.speaker} style={voice ? voiceStyle(voice) : undefined}>
        {voice && <Roundel voice={voice} size="var(--roundel)" />}
        <p className={styles.name}>{nameOf(part)}</p>
      </div>
      <div ref={box} className={styles.text}>
        <div ref={content}>
          {before && (
            <div
              className={styles.before}
              style={voiceStyle(figureOf(discussion, before.characterId) ?? INK)}
            >
              <p className={styles.small}>{nameOf(before)}</p>
              <div className={styles.end}>
                <p>{before.text.slice(-600)}</p>
              </div>
            </div>
          )}
          {part.text === "" ? (
            <p className={styles.thinking}>thinking…</p>
          ) : (
            <Markdown text={part.text} className={voice ? styles.speech : styles.asked} />
          )}
        </div>
      </div>
    </div>
  );
}

const INK = { color: "#5d5548", color_dark: "#aea594" };

function nameOf({ characterId, name, votes }: Part): string {
  if (characterId !== null || name !== "Class") return name;
  return votes > 0 ? `From the class, ${String(votes)} ${votes === 1 ? "vote" : "votes"}` : "From the class";
}
