// While a stage is shown the screen stays on; where that cannot be asked for, the computer's own settings decide.
import { useEffect } from "react";

export function useAwake(): void {
  useEffect(() => {
    let lock: WakeLockSentinel | null = null;
    let wanted = true;
    const ask = () => {
      const { wakeLock } = navigator as { wakeLock?: WakeLock };
      if (document.visibilityState !== "visible") return;
      wakeLock?.request("screen").then(
        (granted) => {
          lock = granted;
          if (!wanted) void granted.release();
        },
        () => undefined,
      );
    };
    ask();
    document.addEventListener("visibilitychange", ask);
    return () => {
      wanted = false;
      document.removeEventListener("visibilitychange", ask);
      void lock?.release();
    };
  }, []);
}
