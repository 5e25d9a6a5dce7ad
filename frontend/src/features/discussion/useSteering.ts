// The host's commands as the controls use them: safe to press twice, a refusal becomes words.
import { useCallback, useEffect, useState } from "react";
import { wordsOf } from "@/lib/api";
import { CommandError } from "@/lib/socket";
import { useLive, useShown } from "@/lib/useLive";
import type { Remedy } from "@/components/transcript/words";
import type { Discussion } from "@/protocol/types";

/** A double click must never stop what it began. */
const STOP_AFTER_MS = 500;

export interface Steering {
  /** Someone is thinking or speaking. */
  running: boolean;
  /** Turns follow by themselves. */
  auto: Discussion["auto"];
  /** The button is Stop now. */
  stoppable: boolean;
  problem: string | null;
  next: (characterId?: string) => void;
  /** Ends the turn, and those that would follow by themselves. */
  stop: () => void;
  letGoOn: (wish: { turns?: number; until?: string }) => void;
  /** The running turn is the last that came by itself. */
  endAuto: () => void;
  mend: (messageId: string, remedy: Remedy) => void;
  dismiss: () => void;
}

/** A turn may be stopped once it has run for half a second. */
function useRipe(turn: string | null): boolean {
  const [ripe, setRipe] = useState<string | null>(null);
  useEffect(() => {
    if (turn === null) return;
    const timer = setTimeout(() => {
      setRipe(turn);
    }, STOP_AFTER_MS);
    return () => {
      clearTimeout(timer);
    };
  }, [turn]);
  return turn !== null && ripe === turn;
}

export function useSteering(onPress: () => void): Steering {
  const live = useLive();
  const turn = useShown(({ head }) => head?.id ?? null);
  const auto = useShown(({ view }) => view?.discussion.auto ?? null);
  const ripe = useRipe(turn);
  const [asking, setAsking] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);

  const run = useCallback((command: Promise<void>) => {
    setProblem(null);
    return command.catch((error: unknown) => {
      const alreadySpeaking = error instanceof CommandError && error.code === "turn_in_progress";
      if (!alreadySpeaking) setProblem(error instanceof CommandError ? error.message : wordsOf(error));
    });
  }, []);

  /** What begins a turn, if none is running or asked for. */
  const begin = useCallback(
    (command: () => Promise<void>) => {
      if (turn !== null || asking) return;
      setAsking(true);
      void run(command()).finally(() => {
        setAsking(false);
      });
    },
    [asking, run, turn],
  );

  const next = useCallback(
    (characterId?: string) => {
      begin(() => {
        onPress();
        return live.next(characterId);
      });
    },
    [begin, live, onPress],
  );

  const mend = useCallback(
    (messageId: string, remedy: Remedy) => {
      const type = remedy === "Continue" ? "continue" : "regenerate";
      begin(() => live.send({ type, message_id: messageId }));
    },
    [begin, live],
  );

  const stop = useCallback(() => {
    if (turn !== null) void run(live.stop(turn));
    else if (auto !== null) void run(live.send({ type: "stop" }));
  }, [auto, live, run, turn]);

  const letGoOn = useCallback(
    (wish: { turns?: number; until?: string }) => {
      onPress();
      void run(live.send({ type: "auto", ...wish }));
    },
    [live, onPress, run],
  );

  const endAuto = useCallback(() => {
    void run(live.send({ type: "auto", turns: 0 }));
  }, [live, run]);

  const dismiss = useCallback(() => {
    setProblem(null);
  }, []);

  const stoppable = turn === null ? auto !== null : ripe;
  return { running: turn !== null, auto, stoppable, problem, next, stop, letGoOn, endAuto, mend, dismiss };
}
