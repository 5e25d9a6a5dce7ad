// React's view of the things in lib/ that live outside React.
import { useSyncExternalStore } from "react";
import { getSession, subscribeSession, type Session } from "./session";
import { getTheme, getTypeSize, subscribeTheme, type Theme, type TypeSize } from "./theme";

export function useSession(): Session {
  return useSyncExternalStore(subscribeSession, getSession);
}

export function useTheme(): Theme {
  return useSyncExternalStore(subscribeTheme, getTheme);
}

export function useTypeSize(): TypeSize {
  return useSyncExternalStore(subscribeTheme, getTypeSize);
}
