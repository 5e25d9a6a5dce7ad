// React's view of the things in lib/ that live outside React.
import { useSyncExternalStore } from "react";
import { getSession, subscribeSession, type Session } from "./session";
import { getTheme, getTypeSize, subscribeTheme, type Theme, type TypeSize } from "./theme";

export function useSession(): Session {
  return useSyncExternalStore(subscribeSession, getSession);
}

/** The `lang` of what people and characters say: as they have set it, else as the device. */
export function useLanguage(): string | undefined {
  const session = useSession();
  const chosen = session.state === "open" ? session.user.preferences?.language : undefined;
  return chosen ? chosen : navigator.language || undefined;
}

export function useTheme(): Theme {
  return useSyncExternalStore(subscribeTheme, getTheme);
}

export function useTypeSize(): TypeSize {
  return useSyncExternalStore(subscribeTheme, getTypeSize);
}
