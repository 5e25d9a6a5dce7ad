// The host's commands as the controls use them: safe to press twice, a refusal becomes words.
import { useCallback, useEffect, useState } from "react";
import { wordsOf } from "@/lib/api";
import { CommandError } from "@/lib/socket";
import { useLive, useShown } from "@/lib/useLive";

/** A double click must never stop what it began. */
const STOP_AFTER_MS = 500;

export interface Steering {
  /** Someone is thinking or speaking. */
  running: boolean;
  /** The button is Stop now. */
  stoppable: boolean;
  problem: string | null;
  next: (characterId?: string) => void;
  stop: () => void;
  dismiss: () => void;
}

export function useSteering(onPress: () => void): Steering {
  const live = useLive();
  const turn = useShown(({ head }) => head?.id ?? null);
  const [ripe, setRipe] = useState<string | null>(null);
  const [asking, setAsking] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);

  useEffect(() => {
    if (turn === null) return;
    const timer = setTimeout(() => {
      setRipe(turn);
    }, STOP_AFTER_MS);
    return () => {
      clearTimeout(timer);
    };
  }, [turn]);

  const run = useCallback((command: Promise<void>) => {
    setProblem(null);
    return command.catch((error: unknown) => {
      const alreadySpeaking = error instanceof CommandError && error.code === "turn_in_progress";
      if (!alreadySpeaking) setProblem(error instanceof CommandError ? error.message : wordsOf(error));
    });
  }, []);

  const next = useCallback(
    (characterId?: string) => {
      if (turn !== null || asking) return;
      onPress();
      setAsking(true);
      void run(live.next(characterId)).finally(() => {
        setAsking(false);
      });
    },
    [asking, live, onPress, run, turn],
  );

  const stop = useCallback(() => {
    if (turn !== null) void run(live.stop(turn));
  }, [live, run, turn]);

  const dismiss = useCallback(() => {
    setProblem(null);
  }, []);

  return { running: turn !== null, stoppable: turn !== null && ripe === turn, problem, next, stop, dismiss };
}
