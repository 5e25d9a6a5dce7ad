// A command as a control gives it: sent once at a time, and a refusal becomes words.
import { useCallback, useState } from "react";
import type { Command } from "@/protocol/types";
import { wordsOf } from "./problem";
import { CommandError } from "./socket";
import { useLive } from "./useLive";

export interface Commanding {
  sending: boolean;
  problem: string | null;
  /** Resolves to whether it took effect. */
  send: (command: Command) => Promise<boolean>;
}

export function useCommand(): Commanding {
  const live = useLive();
  const [sending, setSending] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const send = useCallback(
    async (command: Command) => {
      setSending(true);
      setProblem(null);
      try {
        await live.send(command);
        return true;
      } catch (error) {
        setProblem(error instanceof CommandError ? error.message : wordsOf(error));
        return false;
      } finally {
        setSending(false);
      }
    },
    [live],
  );
  return { sending, problem, send };
}
