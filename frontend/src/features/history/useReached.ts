// Tells when an element comes near the window.
import { useEffect, useRef } from "react";

export function useReached(active: boolean, onReached: () => void) {
  const element = useRef<HTMLDivElement>(null);
  const latest = useRef(onReached);
  useEffect(() => {
    latest.current = onReached;
  });
  useEffect(() => {
    if (!active || !element.current || typeof IntersectionObserver === "undefined") return;
    const observer = new IntersectionObserver(
      ([entry]) => {
        if (entry?.isIntersecting) latest.current();
      },
      { rootMargin: "600px" },
    );
    observer.observe(element.current);
    return () => {
      observer.disconnect();
    };
  }, [active]);
  return element;
}
