// Who sits at the table, how much each has spoken, and who may not speak just now.
import { useQuery } from "@tanstack/react-query";
import { ArrowUp } from "lucide-react";
import { useMemo, useState } from "react";
import { Button } from "@/components/Button";
import { voiceStyle } from "@/components/voice";
import { charactersQuery, type Character } from "@/lib/characters";
import { configQuery } from "@/lib/configQuery";
import { useCommand } from "@/lib/useCommand";
import { useLive, useShown } from "@/lib/useLive";
import type { Discussion, Participant } from "@/protocol/types";
import styles from "./Direct.module.css";
import { useSeats, type Seating } from "./useSeats";
import { sharesOf, shareWords, type Share } from "./words";

const MOST = 6;
const NOTHING: Share = { turns: 0, words: 0 };

export function TheTable({ discussion }: { discussion: Discussion }) {
  const messages = useShown(({ view }) => view?.messages ?? null);
  const whole = useShown(({ view }) => view?.moreBefore === null);
  const shares = useMemo(() => sharesOf(messages ?? []), [messages]);
  const seating = useSeats(discussion);
  const commanding = useCommand();
  const most = Math.max(1, ...[...shares.values()].map(({ words }) => words));
  const problem = seating.problem ?? commanding.problem;
  return (
    <fieldset className={styles.set}>
      <legend>The table</legend>
      {problem && (
        <p role="alert" className={styles.problem}>
          {problem}
        </p>
      )}
      <ol className={styles.table} aria-label="At the table">
        {seating.seats.map((participant, index) => (
          <Row
            key={participant.character_id}
            participant={participant}
            first={index === 0}
            alone={seating.seats.length === 1}
            share={shares.get(participant.character_id) ?? NOTHING}
            most={most}
            seating={seating}
            onMute={(muted) => {
              void commanding.send({ type: "mute", character_id: participant.character_id, muted });
            }}
          />
        ))}
      </ol>
      {!whole && <Uncounted />}
      {seating.seats.length < MOST && <Add seating={seating} />}
      <p role="status" className="visually-hidden">
        {seating.said}
      </p>
    </fieldset>
  );
}

/** What is counted, and found as struck, is what is loaded; the beginning of a long discussion is not. */
function Uncounted() {
  const live = useLive();
  const [loading, setLoading] = useState(false);
  const load = () => {
    if (loading) return;
    setLoading(true);
    void live
      .loadAll()
      .catch(() => undefined) // The button is there again.
      .finally(() => {
        setLoading(false);
      });
  };
  return (
    <p className={styles.soft}>
      Counted from the newest messages.{" "}
      <Button kind="quiet" className={styles.aligned} onClick={load} aria-disabled={loading}>
        {loading ? "Loading…" : "Count all"}
      </Button>
    </p>
  );
}

interface RowProps {
  participant: Participant;
  first: boolean;
  alone: boolean;
  share: Share;
  /** Words of the one who spoke most. */
  most: number;
  seating: Seating;
  onMute: (muted: boolean) => void;
}

function Row({ participant, first, alone, share, most, seating, onMute }: RowProps) {
  const { character_id, name, muted } = participant;
  return (
    <li className={styles.row} style={voiceStyle(participant)}>
      <span className={styles.name}>{name}</span>
      <span className={styles.share}>
        <span className={styles.bar} aria-hidden>
          <span style={{ inlineSize: `${String((share.words / most) * 100)}%` }} />
        </span>
        {muted ? `muted, ${shareWords(share)}` : shareWords(share)}
      </span>
      <span className={styles.actions}>
        <Button
          kind="quiet"
          icon
          aria-label={`${name} speaks sooner`}
          title="Sooner"
          className={first ? styles.nowhere : undefined}
          onClick={() => {
            seating.shift(character_id, -1);
          }}
        >
          <ArrowUp size={18} aria-hidden />
        </Button>
        <Button
          kind="quiet"
          aria-pressed={muted}
          aria-label={`Mute ${name}`}
          onClick={() => {
            onMute(!muted);
          }}
        >
          {muted ? "Unmute" : "Mute"}
        </Button>
        <Button
          kind="quiet"
          aria-label={`Let ${name} go`}
          aria-disabled={alone}
          onClick={() => {
            if (!alone) seating.leave(character_id, name);
          }}
        >
          Let go
        </Button>
      </span>
    </li>
  );
}

/** A native list: as good with a finger as with a keyboard. */
function Add({ seating }: { seating: Seating }) {
  const characters = useQuery(charactersQuery).data ?? [];
  const packs = useQuery(configQuery).data?.packs ?? [];
  const there = new Set(seating.seats.map(({ character_id }) => character_id));
  const free = characters.filter(({ id }) => !there.has(id));
  const groups = new Map<string, Character[]>();
  for (const character of free) {
    const name = packs.find(({ id }) => id === character.pack)?.name ?? "Your own";
    groups.set(name, [...(groups.get(name) ?? []), character]);
  }
  return (
    <label>
      <span className="visually-hidden">Add a participant</span>
      <select
        value=""
        onChange={(event) => {
          const chosen = free.find(({ id }) => id === event.target.value);
          if (chosen) seating.join(chosen.id, chosen.name);
        }}
      >
        <option value="">Add a participant…</option>
        {[...groups].map(([pack, all]) => (
          <optgroup key={pack} label={pack}>
            {all.map(({ id, name }) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
          </optgroup>
        ))}
      </select>
    </label>
  );
}
