// The dialogue. Rendered anew when a message comes or goes, never for a delta.
import {
  Fragment,
  startTransition,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
  type ReactNode,
} from "react";
import { Button } from "@/components/Button";
import { whenPainted } from "@/lib/painted";
import { entries, figureOf, lastUpTo } from "@/protocol/view";
import { Entry, type OnRemedy, type TurnTools } from "./Entry";
import styles from "./Transcript.module.css";
import { useLive, useShown } from "@/lib/useLive";

/** About as much as a screen holds. */
const FIRST_ENTRIES = 8;

interface Props {
  /** What stands there before the first word. */
  opening: string;
  /** Mends a broken turn; the host's. Stays the same function. */
  onRemedy?: OnRemedy;
  tools?: TurnTools;
  /** What stands behind the message at this position. */
  mark?: { position: number; content: ReactNode } | null;
}

export function Transcript({ opening, onRemedy, tools, mark }: Props) {
  const messages = useShown(({ view }) => view?.messages ?? null);
  const participants = useShown(({ view }) => view?.discussion.participants ?? null);
  const former = useShown(({ view }) => view?.discussion.former);
  const head = useShown((shown) => shown.head);
  const newest = useNewestFirst();
  if (messages === null || participants === null) return null;
  const list = entries(messages, head && { ...head, text: "" });
  const marked = mark ? lastUpTo(list, mark.position) : null;
  return (
    <div
      role="log"
      aria-label="Transcript"
      aria-live="off"
      aria-busy={newest !== null || undefined}
      className={styles.log}
    >
      <Older />
      {list.length === 0 && <p className={styles.opening}>{opening}</p>}
      {(newest ? list.slice(-newest) : list).map((entry) => {
        const message = entry.kind === "message" ? entry.message : null;
        const id = message?.id ?? head?.id ?? "";
        const author = message ? message.author.id : head?.character_id;
        return (
          <Fragment key={id}>
            <Entry
              id={id}
              message={message}
              head={message ? null : head}
              voice={figureOf({ participants, former }, message?.author.kind === "user" ? null : author)}
              onRemedy={onRemedy ?? null}
              tools={tools ?? null}
            />
            {entry === marked && mark?.content}
          </Fragment>
        );
      })}
    </div>
  );
}

/** How many to begin with, null: all. A long discussion can be read before all of it is there; one that is led to a message waits. */
function useNewestFirst(): number | null {
  const [newest, setNewest] = useState(() => (window.location.search === "" ? FIRST_ENTRIES : null));
  useEffect(() => {
    whenPainted(() => {
      startTransition(() => {
        setNewest(null);
      });
    });
  }, []);
  return newest;
}

/** Keeps the line one was reading in its place while earlier ones are put before it. */
function Older() {
  const live = useLive();
  const more = useShown(({ view }) => view?.moreBefore != null);
  const count = useShown(({ view }) => view?.messages.length ?? 0);
  const [loading, setLoading] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  const kept = useRef<{ element: Element; top: number } | null>(null);
  useLayoutEffect(() => {
    if (kept.current === null) return;
    const { element, top } = kept.current;
    kept.current = null;
    window.scrollBy(0, element.getBoundingClientRect().top - top);
  }, [count]);
  if (!more) return null;
  const load = () => {
    const element = box.current?.nextElementSibling ?? null;
    kept.current = element && { element, top: element.getBoundingClientRect().top };
    setLoading(true);
    live
      .loadOlder()
      .catch(() => undefined)
      .finally(() => {
        setLoading(false);
      });
  };
  return (
    <div ref={box} className={styles.older}>
      <Button kind="quiet" onClick={load} aria-disabled={loading}>
        {loading ? "Loading…" : "Earlier messages"}
      </Button>
    </div>
  );
}
