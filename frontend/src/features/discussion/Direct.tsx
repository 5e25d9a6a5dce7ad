// How the discussion is led: turns that follow by themselves, who sits at the table, how they speak, what it costs. One quiet
// line until it is opened.
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Button } from "@/components/Button";
import { configQuery } from "@/lib/configQuery";
import { useShown } from "@/lib/useLive";
import type { Discussion } from "@/protocol/types";
import { Auto } from "./Auto";
import { Cost, useUsage } from "./Cost";
import styles from "./Direct.module.css";
import { Manner } from "./Manner";
import { StruckDialog } from "./StruckDialog";
import { TheTable } from "./TheTable";
import type { Steering } from "./useSteering";
import { costLine } from "./words";

export function Direct({ discussion, steering }: { discussion: Discussion; steering: Steering }) {
  const [open, setOpen] = useState(false);
  const demo = useQuery(configQuery).data?.demo ?? true;
  const usage = useUsage(discussion.id, !demo);
  const cost = usage ? costLine(usage) : "";
  return (
    <details
      className={styles.panel}
      name="class"
      onToggle={(event) => {
        setOpen(event.currentTarget.open);
      }}
    >
      <summary>Direct{cost && <span className={styles.cost}> · {cost}</span>}</summary>
      {open && (
        <div className={styles.body}>
          <Auto steering={steering} />
          <TheTable discussion={discussion} />
          <Manner discussion={discussion} />
          {usage && <Cost usage={usage} />}
          <Struck />
        </div>
      )}
    </details>
  );
}

/** The way to what nobody sees any more. */
function Struck() {
  const count = useShown(
    ({ view }) => view?.messages.filter(({ status }) => status === "struck").length ?? 0,
  );
  const [open, setOpen] = useState(false);
  if (count === 0) return null;
  return (
    <div className={styles.set}>
      <Button
        kind="quiet"
        className={styles.aligned}
        onClick={() => {
          setOpen(true);
        }}
      >
        {count === 1 ? "1 struck message" : `${String(count)} struck messages`}
      </Button>
      {open && (
        <StruckDialog
          onClose={() => {
            setOpen(false);
          }}
        />
      )}
    </div>
  );
}
