// How components read the live discussion: each takes only what it shows, so a delta repaints one paragraph.
import { createContext, useContext, useEffect, useState, useSyncExternalStore } from "react";
import type { LiveDiscussion, Shown } from "./live";

export const LiveContext = createContext<LiveDiscussion | null>(null);

/** Opens the connection for as long as the component is there. */
export function useLiveDiscussion(make: () => LiveDiscussion): LiveDiscussion {
  const [live] = useState(make);
  useEffect(() => {
    live.open();
    return () => {
      live.close();
    };
  }, [live]);
  return live;
}

export function useLive(): LiveDiscussion {
  const live = useContext(LiveContext);
  if (live === null) throw new Error("useLive is used inside LiveContext");
  return live;
}

/** `select` returns something that stays the same object as long as it means the same. */
export function useShown<T>(select: (shown: Shown) => T): T {
  const live = useLive();
  return useSyncExternalStore(live.subscribe, () => select(live.getShown()));
}
