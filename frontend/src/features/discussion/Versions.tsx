// All versions of a message: who wrote each, when and why.
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Markdown } from "@/components/Markdown";
import { usageOf } from "@/components/transcript/words";
import { wordsOf } from "@/lib/problem";
import { whenWords } from "@/lib/time";
import { useLive } from "@/lib/useLive";
import type { Message } from "@/protocol/types";
import { versionsQuery, type Version } from "./api";
import styles from "./Versions.module.css";

interface Props {
  message: Message;
  /** What can be done with one of them. */
  action?: (version: Version) => ReactNode;
}

export function Versions({ message, action }: Props) {
  const live = useLive();
  const versions = useQuery(versionsQuery(live.id, message.id, message.seq));
  if (versions.isPending) return <p className={styles.soft}>Looking them up…</p>;
  if (versions.error) return <p role="alert">{wordsOf(versions.error)}</p>;
  return (
    <ol className={styles.versions} aria-label="Versions">
      {[...versions.data].reverse().map((version) => (
        <li key={version.version}>
          <p className={styles.head}>
            <strong>Version {version.version}</strong>, {factsOf(version).join(", ")}
          </p>
          {version.earlier_reason && <p className={styles.reason}>Why edited: {version.earlier_reason}</p>}
          {version.reason && (
            <p className={styles.reason}>
              {version.struck_at && "Struck. "}Why: {version.reason}
            </p>
          )}
          {version.text === "" ? (
            <p className={styles.soft}>{version.error ?? "No word was said."}</p>
          ) : (
            <Markdown text={version.text} className={styles.words} />
          )}
          {action?.(version)}
        </li>
      ))}
    </ol>
  );
}

const KINDS: Record<Version["kind"], string> = {
  said: "said",
  regenerated: "said again",
  continued: "continued",
  edited: "edited",
};

function factsOf(version: Version): string[] {
  return [
    version.current && version.status !== "struck" ? "the one that counts" : "",
    `${KINDS[version.kind]} by ${version.by}`,
    whenWords(version.created_at),
    version.struck_at ? `struck ${whenWords(version.struck_at)}` : "",
    ...usageOf(version.usage),
  ].filter((fact) => fact !== "");
}
