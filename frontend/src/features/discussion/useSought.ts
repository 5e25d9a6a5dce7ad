// The message that the address names (`?message=ID`), from a search or from a fork: shown as soon as the discussion is there.
import { useEffect, useRef } from "react";
import { useSearchParams } from "wouter";

export function useSought(onSeek: (messageId: string) => void): void {
  const [params] = useSearchParams();
  const sought = params.get("message");
  const latest = useRef(onSeek);
  useEffect(() => {
    latest.current = onSeek;
  });
  useEffect(() => {
    if (sought !== null && sought !== "") latest.current(sought);
  }, [sought]);
}
