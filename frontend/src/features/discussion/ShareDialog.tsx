// The class joins with this code, this address or this picture; the stage opens in a window of its own.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { MonitorPlay } from "lucide-react";
import { useState } from "react";
import { Button } from "@/components/Button";
import { Dialog } from "@/components/Dialog";
import { QrCode } from "@/components/QrCode";
import { wordsOf } from "@/lib/api";
import { copyText } from "@/lib/clipboard";
import { endShare, makeShare, openStage, shareKey, type Share } from "@/lib/share";
import { useLive } from "@/lib/useLive";
import styles from "./ShareDialog.module.css";

export function ShareDialog({ onClose }: { onClose: () => void }) {
  const { id } = useLive();
  const queries = useQueryClient();
  const share = useQuery({
    queryKey: shareKey(id),
    queryFn: () => makeShare(id),
    retry: false,
    staleTime: Infinity,
  });
  const end = useMutation({
    mutationFn: () => endShare(id),
    onSuccess: () => {
      queries.removeQueries({ queryKey: shareKey(id) });
      onClose();
    },
  });
  const error = share.error ?? end.error;
  return (
    <Dialog title="Share" wide onClose={onClose}>
      {share.isPending && <p aria-busy="true">Making a code…</p>}
      {error && (
        <p role="alert" className={styles.warning}>
          {wordsOf(error)}
        </p>
      )}
      {share.data && (
        <>
          <Joining share={share.data} />
          <div className={styles.end}>
            <p className={styles.soft}>
              Nobody needs an account or a name.{" "}
              {share.data.expires_at && `The code works until ${until(share.data.expires_at)}.`}
            </p>
            <Button
              kind="quiet"
              onClick={() => {
                end.mutate();
              }}
              aria-disabled={end.isPending}
            >
              Stop sharing
            </Button>
          </div>
        </>
      )}
    </Dialog>
  );
}

function Joining({ share }: { share: Share }) {
  const [label, setLabel] = useState("Copy the address");
  const copy = () => {
    copyText(Promise.resolve(share.url)).then(
      () => {
        setLabel("Copied");
      },
      () => {
        setLabel("Not copied: copy it by hand");
      },
    );
  };
  return (
    <div className={styles.joining}>
      <QrCode text={share.url} label={`QR code of ${share.url}`} className={styles.qr} />
      <div className={styles.ways}>
        <p className={styles.code} aria-label={`Code ${share.code.split("").join(" ")}`}>
          {share.code}
        </p>
        <p className={styles.address}>
          <a href={share.url} target="_blank" rel="noreferrer">
            {share.url.replace(/^https?:\/\//, "")}
          </a>
        </p>
        {share.warnings?.map((warning) => (
          <p key={warning} className={styles.warning}>
            {warning}
          </p>
        ))}
        <div className={styles.actions}>
          <Button
            kind="primary"
            data-autofocus
            onClick={() => {
              openStage(share.url);
            }}
          >
            <MonitorPlay size={18} aria-hidden /> Open the stage
          </Button>
          <Button onClick={copy}>{label}</Button>
        </div>
        <details className={styles.keys}>
          <summary>On the stage</summary>
          <p className={styles.soft}>
            Draw the new window to the projector and click into it once: it fills the screen.
          </p>
          <p className={styles.soft}>
            Its keys: <kbd>B</kbd> blank, <kbd>P</kbd> pause the text, <kbd>+</kbd> and <kbd>−</kbd> the size
            of the type, <kbd>D</kbd> dark or light, <kbd>F</kbd> full screen.
          </p>
        </details>
      </div>
    </div>
  );
}

/** The hour today; beyond today with the day. */
function until(iso: string): string {
  const end = new Date(iso);
  const today = end.toDateString() === new Date().toDateString();
  return end.toLocaleString([], {
    hour: "2-digit",
    minute: "2-digit",
    ...(!today && { weekday: "long" }),
  });
}
