// Scrolling follows the live text only for a reader who is at the end of it; whoever scrolls up is left in peace.
import { useCallback, useEffect, useRef, useState, type RefObject } from "react";

const NEAR_END_PX = 48;

function distanceToEnd(): number {
  const page = document.documentElement;
  return page.scrollHeight - window.innerHeight - window.scrollY;
}

function scrollToEnd(): void {
  window.scrollTo({ top: document.documentElement.scrollHeight, behavior: "instant" });
}

export interface Follow {
  following: boolean;
  /** Goes to the end and stays there. */
  follow: () => void;
  /** Stays where the reader is led next. */
  leave: () => void;
}

/** `content` is the element that grows. */
export function useFollow(content: RefObject<HTMLElement | null>): Follow {
  const [following, setFollowing] = useState(true);
  const active = useRef(true);
  const set = useCallback((value: boolean) => {
    active.current = value;
    setFollowing(value);
  }, []);

  useEffect(() => {
    let last = window.scrollY;
    let height = document.documentElement.scrollHeight;
    const onScroll = () => {
      const shorter = document.documentElement.scrollHeight < height;
      height = document.documentElement.scrollHeight;
      // A page that got shorter was moved by the browser; text that grew meanwhile is no reader who left.
      const left = window.scrollY < last - 1 && !shorter;
      last = window.scrollY;
      if (distanceToEnd() < NEAR_END_PX) set(true);
      else if (left) set(false);
    };
    window.addEventListener("scroll", onScroll, { passive: true });
    return () => {
      window.removeEventListener("scroll", onScroll);
    };
  }, [set]);

  useEffect(() => {
    const element = content.current;
    if (element === null) return;
    // Called after layout and before paint: the new line and the new position are in one frame.
    const observer = new ResizeObserver(() => {
      if (active.current) scrollToEnd();
    });
    observer.observe(element);
    return () => {
      observer.disconnect();
    };
  }, [content]);

  const follow = useCallback(() => {
    set(true);
    scrollToEnd();
  }, [set]);

  const leave = useCallback(() => {
    set(false);
  }, [set]);

  return { following, follow, leave };
}
