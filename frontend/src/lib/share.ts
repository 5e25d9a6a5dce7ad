// The join code of a discussion, as its host makes and ends it.
import { api } from "./api";

export interface Share {
  code: string;
  url: string;
  expires_at: string | null;
  /** Why phones may not reach the address, and what to do. */
  warnings?: string[];
}

export const shareKey = (discussionId: string) => ["share", discussionId];

const path = (discussionId: string) => `/api/discussions/${discussionId}/share`;

/** One that is open keeps its code. */
export const makeShare = (discussionId: string) => api.post<Share>(path(discussionId));
export const endShare = (discussionId: string) => api.delete(path(discussionId));

/**
 * The stage, in a window of its own beside this one: to be drawn to the projector. By the address that phones use, since the
 * stage shows its own.
 */
export function openStage(url: string): void {
  window.open(`${url}?view=stage`, "chatlab-stage", "popup,width=1280,height=720");
}
