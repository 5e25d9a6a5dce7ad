// "You missed 6 turns", with a line for each. Said to those who come late, and after a phone has slept.
import { X } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { Button } from "@/components/Button";
import { Dialog } from "@/components/Dialog";
import { showMessage } from "@/components/transcript/showMessage";
import { voiceStyle } from "@/components/voice";
import { useShown } from "@/lib/useLive";
import { remember, remembered } from "@/lib/watch";
import { lastPlace, missedTurns, type MissedTurn } from "./missed";
import styles from "./Missed.module.css";

export function Missed({ code }: { code: string }) {
  const { missed, dismiss } = useMissed(code);
  const [open, setOpen] = useState(false);
  if (missed.length === 0) return null;
  return (
    <div className={styles.missed}>
      <p>You missed {missed.length} turns.</p>
      <Button
        kind="quiet"
        className={styles.show}
        onClick={() => {
          setOpen(true);
        }}
      >
        What was said
      </Button>
      <Button kind="quiet" icon aria-label="Go on without" onClick={dismiss}>
        <X size={18} aria-hidden />
      </Button>
      {open && (
        <MissedDialog
          missed={missed}
          onClose={() => {
            setOpen(false);
          }}
          onSeek={(id) => {
            setOpen(false);
            dismiss();
            requestAnimationFrame(() => {
              showMessage(id);
            });
          }}
        />
      )}
    </div>
  );
}

interface DialogProps {
  missed: MissedTurn[];
  onClose: () => void;
  onSeek: (id: string) => void;
}

function MissedDialog({ missed, onClose, onSeek }: DialogProps) {
  const participants = useShown(({ view }) => view?.discussion.participants ?? null);
  return (
    <Dialog title={`You missed ${String(missed.length)} turns`} onClose={onClose}>
      <ol className={styles.list}>
        {missed.map(({ id, name, line }) => {
          const voice = participants?.find((participant) => participant.name === name);
          return (
            <li key={id}>
              <button
                type="button"
                className={styles.turn}
                style={voice && voiceStyle(voice)}
                onClick={() => {
                  onSeek(id);
                }}
              >
                <span className={styles.name}>{name}</span>
                <span className={styles.line}>{line}</span>
              </button>
            </li>
          );
        })}
      </ol>
    </Dialog>
  );
}

/** So long after one looks again, what comes is what was missed: the connection may have to come back first. */
const COMPARE_FOR_MS = 10_000;

/** Compares what is there with what was looked at: at the beginning, and whenever the page is looked at again. */
function useMissed(code: string) {
  const messages = useShown(({ view }) => view?.messages ?? null);
  const open = useShown(({ status }) => status === "open");
  const [missed, setMissed] = useState<MissedTurn[]>([]);
  const [looks, setLooks] = useState(0);
  const since = useRef({ look: -1, seen: 0, until: 0 });

  useEffect(() => {
    const look = () => {
      if (document.visibilityState === "visible") setLooks((before) => before + 1);
    };
    document.addEventListener("visibilitychange", look);
    return () => {
      document.removeEventListener("visibilitychange", look);
    };
  }, []);

  useEffect(() => {
    if (messages === null || document.visibilityState === "hidden") return;
    if (since.current.look !== looks) {
      since.current = { look: looks, seen: remembered(code).seen, until: Date.now() + COMPARE_FOR_MS };
    }
    if (Date.now() < since.current.until) {
      const found = missedTurns(messages, since.current.seen);
      if (found.length > 0) setMissed(found);
    }
    if (open) remember(code, { seen: lastPlace(messages) });
  }, [code, looks, messages, open]);

  const dismiss = () => {
    setMissed([]);
  };
  return { missed, dismiss };
}
