// Where the words themselves begin that a model is sent: what stands above it is sent in short, and can be read here.
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Button } from "@/components/Button";
import { Dialog } from "@/components/Dialog";
import { Notice } from "@/components/Notice";
import { api, wordsOf } from "@/lib/api";
import { useLive } from "@/lib/useLive";
import type { Recap } from "@/protocol/types";
import styles from "./RecapLine.module.css";

interface KeptRecap extends Recap {
  current: boolean;
  text: string | null;
  provider: string;
  model: string;
}

export function RecapLine({ recap }: { recap: Recap }) {
  const [open, setOpen] = useState(false);
  return (
    <div className={styles.line}>
      <span>The characters remember what is above in short.</span>
      <Button
        kind="quiet"
        onClick={() => {
          setOpen(true);
        }}
      >
        Read it
      </Button>
      {open && (
        <RecapDialog
          recap={recap}
          onClose={() => {
            setOpen(false);
          }}
        />
      )}
    </div>
  );
}

function RecapDialog({ recap, onClose }: { recap: Recap; onClose: () => void }) {
  const { id } = useLive();
  const kept = useQuery({
    queryKey: ["recaps", id, recap.version],
    queryFn: ({ signal }) => api.get<{ items: KeptRecap[] }>(`/api/discussions/${id}/recaps`, signal),
  });
  const shown = kept.data?.items.find(({ version }) => version === recap.version);
  return (
    <Dialog title="The earlier part, as the characters remember it" onClose={onClose} wide>
      <div className={styles.text} aria-busy={kept.isPending}>
        {kept.error && <Notice kind="problem">{wordsOf(kept.error)}</Notice>}
        {shown?.text === null && <p>A message in it was struck or changed, so it is not used any more.</p>}
        {shown?.text?.split("\n").map((line, index) => line !== "" && <p key={index}>{line}</p>)}
        {shown && <p className={styles.about}>{aboutOf(shown)}</p>}
      </div>
    </Dialog>
  );
}

function aboutOf({ provider, model, version }: KeptRecap): string {
  const by = provider === "demo" ? "the demo voices" : model;
  return `A model reads this in place of the messages above, and the newest ones word for word. Numbers are those of messages. Version ${String(version)}, by ${by}.`;
}
