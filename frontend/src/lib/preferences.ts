// What somebody has set for themselves, kept on the server: it is the same on every device they sign in on.
import { api } from "./api";
import { adoptUser, getSession, subscribeSession, type Preferences, type User } from "./session";
import {
  getTheme,
  getTypeSize,
  setTheme,
  setTypeSize,
  subscribeTheme,
  type Theme,
  type TypeSize,
} from "./theme";

const WAIT_MS = 800;

/** A name, preferences; what is not named stays. */
export async function saveProfile(change: { name?: string; preferences?: Preferences }): Promise<User> {
  const user = await api.patch<User>("/api/me", change);
  adoptUser(user);
  return user;
}

function theirs(): Preferences | null {
  const session = getSession();
  return session.state === "open" ? (session.user.preferences ?? {}) : null;
}

/** Looks as they have set it, where they have. */
function apply({ theme, type_size }: Preferences): void {
  if (theme === "system" || theme === "light" || theme === "dark") setTheme(theme);
  if (type_size === "normal" || type_size === "large" || type_size === "larger") setTypeSize(type_size);
}

/** What is set here and not yet there; null: nothing. */
function unsaved(kept: Preferences): { theme: Theme; type_size: TypeSize } | null {
  const here = { theme: getTheme(), type_size: getTypeSize() };
  const same = here.theme === (kept.theme ?? "system") && here.type_size === (kept.type_size ?? "normal");
  return same ? null : here;
}

/** Carries theme and type size between this browser and the server, for as long as the page is open. */
export function keepAppearance(): () => void {
  let whose: string | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const save = () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      const kept = theirs();
      const changed = kept && unsaved(kept);
      // Not saved is no harm: this browser remembers it anyway.
      if (changed) saveProfile({ preferences: changed }).catch(() => undefined);
    }, WAIT_MS);
  };
  const forgetSession = subscribeSession(() => {
    const session = getSession();
    const now = session.state === "open" ? session.user.id : null;
    if (now === whose) return;
    whose = now;
    apply(theirs() ?? {});
    // What was chosen in the moment before the page was left.
    save();
  });
  const forgetTheme = subscribeTheme(save);
  return () => {
    clearTimeout(timer);
    forgetSession();
    forgetTheme();
  };
}
