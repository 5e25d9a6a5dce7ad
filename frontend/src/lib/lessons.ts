// Lessons: the ready-made ones, and those that somebody brings along as a file.
import { queryOptions } from "@tanstack/react-query";
import type { Discussion } from "@/protocol/types";
import { api } from "./api";
import type { Character } from "./characters";

export interface Step {
  /** After so many turns of the characters. */
  after_turns: number | null;
  when: string;
  say: string;
  why: string;
  said: boolean;
}

export interface Lesson {
  /** Of a ready-made one; null: it was brought along. */
  id: string | null;
  title: string;
  topic: string;
  audience: string;
  minutes: number | null;
  aims: string[];
  notes: string;
  cast: Character[];
  turn_order: Discussion["turn_order"];
  length: string;
  level: string;
  auto_turns: number | null;
  plan: Step[];
}

/** What is begun: a ready-made lesson by its name, or a file by its text. */
export type Source = { lesson: string } | { file: string };

export const lessonsQuery = queryOptions({
  queryKey: ["lessons"],
  staleTime: Infinity,
  retry: 1,
  queryFn: async ({ signal }) => (await api.get<{ items: Lesson[] }>("/api/lessons", signal)).items,
});

/** Reads a file without beginning anything. */
export function checkLesson(file: string): Promise<Lesson> {
  return api.post<Lesson>("/api/lessons/check", { file });
}

export function startLesson(source: Source, rehearsal: boolean, idempotencyKey: string): Promise<Discussion> {
  return api.post<Discussion>("/api/lessons", { ...source, rehearsal }, { idempotencyKey });
}

/** "after 3 turns, when they agree" */
export function timeOf({ after_turns, when }: Pick<Step, "after_turns" | "when">): string {
  const turns =
    after_turns === null ? "" : `after ${String(after_turns)} ${after_turns === 1 ? "turn" : "turns"}`;
  return [turns, when].filter(Boolean).join(", ");
}
