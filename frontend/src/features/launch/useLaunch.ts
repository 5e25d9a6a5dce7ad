// From the draft to a discussion.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { useLocation } from "wouter";
import { api, wordsOf } from "@/lib/api";
import { newId } from "@/lib/id";
import { track } from "@/lib/track";
import type { Discussion } from "@/protocol/types";
import type { Drafting } from "./useDraft";

export interface Launching {
  launch: () => void;
  pending: boolean;
  /** There is a topic, and somebody to discuss it. */
  ready: boolean;
  /** What is missing or went wrong, in words. */
  problem: string | null;
}

interface Options {
  /** Called when there is no topic yet. */
  onNoTopic: () => void;
}

export function useLaunch({ draft, seated }: Drafting, { onNoTopic }: Options): Launching {
  const [, navigate] = useLocation();
  const queries = useQueryClient();
  const attempt = useRef({ body: "", key: "" });
  const [missing, setMissing] = useState<{ draft: unknown; words: string } | null>(null);
  const creating = useMutation({
    mutationFn: () => {
      const body = {
        topic: draft.topic.trim(),
        character_ids: seated.map(({ id }) => id),
        turn_order: draft.turnOrder,
      };
      // The same draft tried again is the same discussion, also if only the answer was lost.
      const text = JSON.stringify(body);
      if (attempt.current.body !== text) attempt.current = { body: text, key: newId() };
      return api.post<Discussion>("/api/discussions", body, { idempotencyKey: attempt.current.key });
    },
    onSuccess: (discussion) => {
      attempt.current = { body: "", key: "" };
      track("discussion_launched", {
        discussion_id: discussion.id,
        character_ids: seated.map(({ id }) => id),
        turn_order: draft.turnOrder,
        topic_characters: draft.topic.trim().length,
      });
      void queries.invalidateQueries({ queryKey: ["discussions"] });
      navigate(`/discussions/${discussion.id}`);
    },
  });
  const launch = () => {
    if (creating.isPending) return;
    if (draft.topic.trim() === "") {
      setMissing({ draft, words: "Write what they shall discuss, then launch." });
      onNoTopic();
    } else if (seated.length === 0) {
      setMissing({ draft, words: "Choose at least one character from the wall, then launch." });
    } else {
      setMissing(null);
      creating.mutate();
    }
  };
  // What was missing is no longer said when something has been changed.
  const words = missing?.draft === draft ? missing.words : null;
  const problem = words ?? (creating.error ? wordsOf(creating.error) : null);
  const ready = draft.topic.trim() !== "" && seated.length > 0;
  return { launch, ready, pending: creating.isPending || creating.isSuccess, problem };
}
