// What the host means to say in this discussion: told to the host alone, said one by one, each by a press.
import { queryOptions, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api } from "@/lib/api";
import type { Step } from "@/lib/lessons";
import { useShown } from "@/lib/useLive";
import type { Message, MessageStatus } from "@/protocol/types";

/** Longest message, in characters. */
export const MESSAGE_LIMIT = 4_000;

export interface Plan {
  audience: string;
  minutes: number | null;
  aims: string[];
  notes: string;
  auto_turns: number | null;
  steps: Step[];
}

function planQuery(id: string) {
  return queryOptions({
    queryKey: ["plan", id],
    staleTime: 60_000,
    retry: false,
    queryFn: ({ signal }) => api.get<Plan>(`/api/discussions/${id}/plan`, signal),
  });
}

export function usePlan(id: string) {
  const queries = useQueryClient();
  const plan = useQuery(planQuery(id)).data ?? null;
  const onSuccess = (changed: Plan) => {
    queries.setQueryData(planQuery(id).queryKey, changed);
  };
  const saying = useMutation({
    mutationFn: (step: number) => api.post<Plan>(`/api/discussions/${id}/plan/${String(step)}/say`),
    onSuccess,
  });
  const writing = useMutation({
    mutationFn: (steps: Step[]) => api.put<Plan>(`/api/discussions/${id}/plan`, { steps }),
    onSuccess,
  });
  return { plan, saying, writing };
}

const SAID: MessageStatus[] = ["complete", "stopped", "interrupted"];

/** How many turns the characters have had: neither those that failed nor what was struck. */
export function countTurns(messages: readonly Message[]): number {
  return messages.filter(({ author, status }) => author.kind === "character" && SAID.includes(status)).length;
}

export function useTurns(): number {
  return useShown(({ view }) => countTurns(view?.messages ?? []));
}

/** The first step that was not said yet, with its place in the plan. */
export function nextStep(plan: Plan): { step: Step; index: number } | null {
  const index = plan.steps.findIndex(({ said }) => !said);
  const step = plan.steps[index];
  return step === undefined ? null : { step, index };
}

export function isDue({ after_turns }: Step, turns: number): boolean {
  return after_turns !== null && turns >= after_turns;
}
