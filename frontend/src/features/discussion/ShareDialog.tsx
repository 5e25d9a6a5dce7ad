// The class joins with this code or this address.
import { useMutation, useQueryClient, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Button } from "@/components/Button";
import { Dialog } from "@/components/Dialog";
import { api, ApiError, wordsOf } from "@/lib/api";
import { copyText } from "@/lib/clipboard";
import styles from "./Dialogs.module.css";
import { useLive } from "@/lib/useLive";

interface Share {
  code: string;
  url: string;
  expires_at: string | null;
}

function problemWords(error: Error): string {
  const unknown = error instanceof ApiError && [404, 405, 501].includes(error.status);
  return unknown
    ? "This server cannot share discussions yet. Export it and hand out the file instead."
    : wordsOf(error);
}

export function ShareDialog({ onClose }: { onClose: () => void }) {
  const { id } = useLive();
  const path = `/api/discussions/${id}/share`;
  const key = ["share", id];
  const queries = useQueryClient();
  const share = useQuery({
    queryKey: key,
    queryFn: () => api.post<Share>(path),
    retry: false,
    staleTime: Infinity,
  });
  const end = useMutation({
    mutationFn: () => api.delete(path),
    onSuccess: () => {
      queries.removeQueries({ queryKey: key });
      onClose();
    },
  });
  const error = share.error ?? end.error;
  return (
    <Dialog title="Share" onClose={onClose}>
      <div className={styles.stack}>
        {share.isPending && <p aria-busy="true">Making a code…</p>}
        {error && <p role="alert">{problemWords(error)}</p>}
        {share.data && <Joining share={share.data} />}
        {share.data && (
          <Button
            kind="quiet"
            onClick={() => {
              end.mutate();
            }}
            aria-disabled={end.isPending}
          >
            Stop sharing
          </Button>
        )}
      </div>
    </Dialog>
  );
}

function Joining({ share }: { share: Share }) {
  const [copied, setCopied] = useState(false);
  const copy = () => {
    void copyText(Promise.resolve(share.url)).then(() => {
      setCopied(true);
    });
  };
  return (
    <>
      <p>Whoever opens this address, or enters the code on the first page, watches the discussion live.</p>
      <p className={styles.code}>{share.code}</p>
      <p className={styles.address}>
        <a href={share.url}>{share.url}</a>
      </p>
      <Button kind="primary" onClick={copy}>
        {copied ? "Copied" : "Copy the address"}
      </Button>
    </>
  );
}
