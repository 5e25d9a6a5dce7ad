// The stage's last line: who is next, and in the corner how to join.
import { Roundel } from "@/components/Roundel";
import { voiceStyle } from "@/components/voice";
import type { Discussion } from "@/protocol/types";
import { Corner } from "./Join";
import type { Part } from "./reveal";
import styles from "./Stage.module.css";

interface Props {
  /** Null: the code is not shown in the corner. */
  code: string | null;
  large: boolean;
  discussion: Discussion;
  speaking: Part | null;
  atEnd: boolean;
  paused: boolean;
}

export function Foot({ code, large, discussion, speaking, atEnd, paused }: Props) {
  const next = discussion.participants.find(({ character_id }) => character_id === discussion.next);
  // Who is next in the room may be who is just being read out here.
  const known = next && (atEnd || next.character_id !== speaking?.characterId);
  return (
    <footer className={styles.foot}>
      <div className={styles.next}>
        {known && (
          <p className={styles.who} style={voiceStyle(next)}>
            <Roundel voice={next} size="calc(var(--type) * 1.6)" />
            <span>
              Next: <strong>{next.name}</strong>
            </span>
          </p>
        )}
        <p className={styles.notice}>
          {paused && <span className={styles.paused}>Paused</span>}
          The characters’ words are an AI’s portrayal.
        </p>
      </div>
      {code && <Corner code={code} large={large} />}
    </footer>
  );
}
