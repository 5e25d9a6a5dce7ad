// The same function for as long as the component is there, which always does what the latest one does: whoever is given it is
// not rendered anew for its sake.
import { useCallback, useEffect, useRef } from "react";

export function useStable<A extends unknown[]>(latest: (...args: A) => void): (...args: A) => void {
  const current = useRef(latest);
  useEffect(() => {
    current.current = latest;
  });
  return useCallback((...args: A) => {
    current.current(...args);
  }, []);
}
