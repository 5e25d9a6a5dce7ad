// The frame of every page: masthead, main part, and the quiet, permanent notice that an AI portrays the voices.
import { Monitor, Moon, Settings, Sun } from "lucide-react";
import type { ReactNode } from "react";
import { Link, useLocation } from "wouter";
import { useTheme } from "@/lib/hooks";
import { setTheme, type Theme } from "@/lib/theme";
import styles from "./Shell.module.css";

const iconLink = `${styles.link ?? ""} ${styles.iconLink ?? ""}`;
const NEXT_THEME: Record<Theme, Theme> = { system: "light", light: "dark", dark: "system" };
const THEME_ICON = { system: Monitor, light: Sun, dark: Moon };
const THEME_NAME: Record<Theme, string> = { system: "as the system", light: "light", dark: "dark" };

function ThemeButton() {
  const theme = useTheme();
  const Icon = THEME_ICON[theme];
  const label = `Theme: ${THEME_NAME[theme]}. Change to ${THEME_NAME[NEXT_THEME[theme]]}`;
  return (
    <button
      type="button"
      className={iconLink}
      aria-label={label}
      title={label}
      onClick={() => {
        setTheme(NEXT_THEME[theme]);
      }}
    >
      <Icon size={18} aria-hidden />
    </button>
  );
}

function NavLink({ to, children }: { to: string; children: ReactNode }) {
  const [location] = useLocation();
  return (
    <Link href={to} className={styles.link} aria-current={location === to ? "page" : undefined}>
      {children}
    </Link>
  );
}

function SettingsLink() {
  const [location] = useLocation();
  const current = location === "/settings" ? "page" : undefined;
  return (
    <Link href="/settings" className={iconLink} aria-label="Settings" title="Settings" aria-current={current}>
      <Settings size={18} aria-hidden />
    </Link>
  );
}

interface Props {
  /** What every page says at its foot besides. */
  notice?: ReactNode;
  children: ReactNode;
}

export function Shell({ notice, children }: Props) {
  return (
    <div className={styles.shell}>
      <a className={styles.skip} href="#main">
        Skip to the content
      </a>
      <header className={styles.masthead}>
        <div className={styles.bar}>
          <Link href="/" className={styles.name}>
            ChatLab
          </Link>
          <nav className={styles.nav} aria-label="Main">
            <NavLink to="/history">History</NavLink>
            <NavLink to="/characters">Characters</NavLink>
            <SettingsLink />
            <ThemeButton />
          </nav>
        </div>
      </header>
      <main id="main" className={styles.main} tabIndex={-1}>
        {children}
      </main>
      <footer className={styles.footer}>
        <p>Every word the characters say here is an AI’s portrayal of them, not their own.</p>
        {notice}
      </footer>
    </div>
  );
}
