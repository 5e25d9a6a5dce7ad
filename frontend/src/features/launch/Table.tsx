// The table at the page's foot: who sits there, what they would probably say, in which order, and the one thing to do.
import { ArrowLeft, ArrowRight, Info, ListOrdered, MessageSquareQuote, UserMinus } from "lucide-react";
import { useQuery } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import { Link } from "wouter";
import { Button } from "@/components/Button";
import type { Character } from "@/lib/characters";
import { configQuery } from "@/lib/configQuery";
import type { Draft } from "@/lib/draft";
import { moved } from "@/components/order";
import { Perspectives } from "./Perspectives";
import { Seats } from "./Seats";
import styles from "./Table.module.css";
import type { Drafting } from "./useDraft";
import type { Launching } from "./useLaunch";

interface Props {
  drafting: Drafting;
  launching: Launching;
  /** Something to say about the table, such as that it is full. */
  remark: string | null;
  onOpen: (character: Character) => void;
}

export function Table({ drafting, launching, remark, onOpen }: Props) {
  const { draft, seated, change, toggle } = drafting;
  const [selectedId, setSelected] = useState<string | null>(null);
  const demo = useQuery(configQuery).data?.demo ?? false;
  const selected = seated.find(({ id }) => id === selectedId) ?? null;
  return (
    <section id="table" tabIndex={-1} className={styles.dock} aria-label="The table">
      {draft.perspectives && (
        <div className={styles.above}>
          <Perspectives topic={draft.topic} seated={seated} />
        </div>
      )}
      <div className={styles.scene} data-below={draft.perspectives || undefined}>
        <div className={styles.inner}>
          <div className={styles.seats}>
            <Seats
              seated={seated}
              selected={selectedId}
              onSelect={setSelected}
              onOrder={(cast) => {
                change({ cast });
              }}
              onLeave={toggle}
            />
          </div>
          <div className={styles.options}>
            {selected ? (
              <SeatTools character={selected} drafting={drafting} onOpen={onOpen} />
            ) : (
              <Options draft={draft} onChange={change} />
            )}
          </div>
          <div className={styles.launch}>
            <Remark words={launching.problem} alert>
              <Remark words={remark ?? advice(seated.length)}>
                {demo && (
                  <p className={styles.remark}>
                    Demo voices: no key is set. <Link href="/settings">Add a key</Link>
                  </p>
                )}
              </Remark>
            </Remark>
            <Button
              kind="primary"
              className={styles.button}
              aria-disabled={launching.pending}
              onClick={launching.launch}
            >
              Launch Discussion
            </Button>
          </div>
        </div>
      </div>
    </section>
  );
}

function advice(count: number): string | null {
  if (count === 0) return "Choose who shall sit here";
  return count > 4 ? "Two to four talk best" : null;
}

function Remark({ words, alert, children }: { words: string | null; alert?: boolean; children?: ReactNode }) {
  return (
    <>
      <p role={alert ? "alert" : "status"} className={alert ? styles.problem : styles.remark}>
        {words}
      </p>
      {words === null && children}
    </>
  );
}

function Options({ draft, onChange }: { draft: Draft; onChange: (part: Partial<Draft>) => void }) {
  return (
    <>
      <Button
        kind="quiet"
        className={styles.option}
        title="What each one would probably say"
        aria-label={draft.perspectives ? "Hide perspectives" : "Likely perspectives"}
        aria-expanded={draft.perspectives}
        onClick={() => {
          onChange({ perspectives: !draft.perspectives });
        }}
      >
        <MessageSquareQuote size={18} aria-hidden />
        <span className={styles.words}>
          {draft.perspectives ? "Hide perspectives" : "Likely perspectives"}
        </span>
      </Button>
      <label className={styles.order}>
        <span className="visually-hidden">Turn order</span>
        <ListOrdered size={18} aria-hidden />
        <select
          value={draft.turnOrder}
          onChange={(event) => {
            onChange({ turnOrder: event.target.value as Draft["turnOrder"] });
          }}
        >
          <option value="balanced">Balanced turns</option>
          <option value="round_robin">Round robin</option>
        </select>
      </label>
    </>
  );
}

interface SeatToolsProps {
  character: Character;
  drafting: Drafting;
  onOpen: (character: Character) => void;
}

function SeatTools({ character, drafting: { seated, change, toggle }, onOpen }: SeatToolsProps) {
  const ids = seated.map(({ id }) => id);
  const index = ids.indexOf(character.id);
  const step = (by: number) => () => {
    change({ cast: moved(ids, index, index + by) });
  };
  const tools = [
    { label: "Earlier", Icon: ArrowLeft, act: step(-1), off: index === 0 },
    { label: "Later", Icon: ArrowRight, act: step(1), off: index === ids.length - 1 },
    { label: "Card", Icon: Info, act: () => onOpen(character), off: false },
    { label: "Leave", Icon: UserMinus, act: () => toggle(character.id), off: false },
  ];
  return (
    <div role="group" aria-label={`Place of ${character.name}`} className={styles.tools}>
      {tools.map(({ label, Icon, act, off }) => (
        <Button
          key={label}
          kind="quiet"
          className={styles.tool}
          aria-disabled={off}
          onClick={() => {
            if (!off) act();
          }}
        >
          <Icon size={18} aria-hidden />
          {label}
        </Button>
      ))}
    </div>
  );
}
