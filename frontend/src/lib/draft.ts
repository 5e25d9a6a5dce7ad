// The discussion that is being prepared on the first page.
import type { Discussion } from "@/protocol/types";

export interface Draft {
  topic: string;
  /** Character ids in speaking order. */
  cast: string[];
  turnOrder: Discussion["turn_order"];
  /** Whether each one's likely perspective is shown. */
  perspectives: boolean;
}

export const DRAFT_KEY = "draft";
export const MAX_CAST = 6;
