// What is discussed, and by whom.
import { voiceStyle } from "@/components/voice";
import type { Discussion } from "@/protocol/types";
import styles from "./Title.module.css";

export function Title({ discussion }: { discussion: Discussion }) {
  return (
    <header className={styles.title}>
      <h1 className={discussion.topic.length > 140 ? styles.long : undefined}>{discussion.topic}</h1>
      <ul className={styles.cast} aria-label="Cast">
        {discussion.participants.map((participant) => (
          <li key={participant.character_id} style={voiceStyle(participant)}>
            {participant.name}
          </li>
        ))}
      </ul>
    </header>
  );
}
