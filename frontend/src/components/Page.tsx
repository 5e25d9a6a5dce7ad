// The frame of an ordinary page: its name in the window's title, one heading, and what can be done here.
import { useEffect, type ReactNode } from "react";
import styles from "./Page.module.css";

interface Props {
  title: string;
  /** One sentence under the heading. */
  lead?: ReactNode;
  /** Buttons beside the heading. */
  actions?: ReactNode;
  /** As wide as the wall of portraits, rather than as a column of text. */
  wide?: boolean;
  children: ReactNode;
}

export function Page({ title, lead, actions, wide = false, children }: Props) {
  useEffect(() => {
    const before = document.title;
    document.title = `${title} · ChatLab`;
    return () => {
      document.title = before;
    };
  }, [title]);
  return (
    <div className={wide ? `${styles.page ?? ""} ${styles.wide ?? ""}` : styles.page}>
      <header className={styles.head}>
        <div className={styles.titles}>
          <h1 className={styles.title}>{title}</h1>
          {lead && <p className={styles.lead}>{lead}</p>}
        </div>
        {actions && <div className={styles.actions}>{actions}</div>}
      </header>
      {children}
    </div>
  );
}
