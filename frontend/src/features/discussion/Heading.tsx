// The title page of the dialogue: who discusses, and what.
import { Pencil } from "lucide-react";
import { useEffect, useState } from "react";
import { Button } from "@/components/Button";
import { TitleDialog } from "@/components/TitleDialog";
import { voiceStyle } from "@/components/voice";
import { api } from "@/lib/api";
import type { Discussion } from "@/protocol/types";
import styles from "./Heading.module.css";
import { Origin } from "./Origin";

/** A title that was only cut from the topic says nothing new. */
function ownTitle({ title, topic }: Discussion): boolean {
  return title !== "" && !topic.startsWith(title.replace(/(…|\.\.\.)$/, ""));
}

export function Heading({ discussion }: { discussion: Discussion }) {
  const [renaming, setRenaming] = useState(false);
  const titled = ownTitle(discussion);
  const heading = titled ? discussion.title : discussion.topic;
  useEffect(() => {
    const before = document.title;
    document.title = `${heading} · ChatLab`;
    return () => {
      document.title = before;
    };
  }, [heading]);
  return (
    <header className={styles.heading}>
      <p className={styles.cast}>
        {discussion.participants.map((participant, index) => (
          <span key={participant.character_id}>
            {index > 0 && (
              <span className={styles.and}>{separator(index, discussion.participants.length)}</span>
            )}
            <span className={styles.name} style={voiceStyle(participant)}>
              {participant.name}
            </span>
          </span>
        ))}
      </p>
      <h1 className={heading.length > 140 ? styles.long : styles.title}>
        {heading}
        <Button
          kind="quiet"
          icon
          className={styles.rename}
          aria-label="Rename"
          title="Rename this discussion"
          onClick={() => {
            setRenaming(true);
          }}
        >
          <Pencil size={16} aria-hidden />
        </Button>
      </h1>
      {titled && <p className={styles.topic}>{discussion.topic}</p>}
      {discussion.forked_from && <Origin from={discussion.forked_from} />}
      {renaming && (
        <TitleDialog
          title={discussion.title || discussion.topic}
          onSave={(title) => api.patch(`/api/discussions/${discussion.id}`, { title })}
          onClose={() => {
            setRenaming(false);
          }}
        />
      )}
    </header>
  );
}

function separator(index: number, count: number): string {
  return index === count - 1 ? " and " : ", ";
}
