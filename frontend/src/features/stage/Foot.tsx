// The stage's last line: who is next, and in the corner how to join.
import { Roundel } from "@/components/Roundel";
import { voiceStyle } from "@/components/voice";
import { splitWords } from "@/components/choices";
import { useShown } from "@/lib/useLive";
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
        <Predicting next={known ? next.name : null} shownId={atEnd ? (speaking?.id ?? null) : null} />
        <p className={styles.notice}>
          {paused && <span className={styles.paused}>Paused</span>}
          The characters’ words are an AI’s portrayal.
        </p>
      </div>
      {code && <Corner code={code} large={large} />}
    </footer>
  );
}

/** Before a turn how many have predicted it, after it what they expected. */
function Predicting({ next, shownId }: { next: string | null; shownId: string | null }) {
  const prediction = useShown(({ view }) => view?.room?.prediction ?? null);
  if (prediction === null || shownId === null) return null;
  const { revealed, open, votes } = prediction;
  const split = revealed?.message_id === shownId ? splitWords(revealed.split) : null;
  const gathering = open && votes > 0 && next !== null;
  if (split === null && !gathering) return null;
  return (
    <p className={styles.predicting}>
      {split} {gathering && `${String(votes)} have predicted what ${next} will do.`}
    </p>
  );
}
