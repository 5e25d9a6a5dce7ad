// One short paragraph that says what happened and what to do. A problem is announced at once.
import type { ReactNode } from "react";
import styles from "./Notice.module.css";

interface Props {
  kind?: "information" | "problem";
  children: ReactNode;
}

export function Notice({ kind = "information", children }: Props) {
  const problem = kind === "problem";
  return (
    <div
      role={problem ? "alert" : "note"}
      className={problem ? `${styles.notice ?? ""} ${styles.problem ?? ""}` : styles.notice}
    >
      {children}
    </div>
  );
}
