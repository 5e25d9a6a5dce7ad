// Says that this is a rehearsal, and holds the same lesson with the real voices.
import { useMutation } from "@tanstack/react-query";
import { useLocation } from "wouter";
import { Notice } from "@/components/Notice";
import { api, wordsOf } from "@/lib/api";
import type { Discussion } from "@/protocol/types";
import styles from "./Plan.module.css";

export function RehearsalNotice({ id, demo }: { id: string; demo: boolean }) {
  const [, navigate] = useLocation();
  const holding = useMutation({
    mutationFn: () => api.post<Discussion>(`/api/discussions/${id}/duplicate`, { rehearsal: false }),
    onSuccess: (made) => {
      navigate(`/discussions/${made.id}`);
    },
  });
  return (
    <Notice>
      <span>
        This is a rehearsal: the demo voices speak{demo ? "." : ", whatever is set up. It costs nothing."}
      </span>
      <button
        type="button"
        className={styles.hold}
        aria-disabled={holding.isPending}
        onClick={() => {
          if (!holding.isPending) holding.mutate();
        }}
      >
        Hold it for real
      </button>
      {holding.error && <span role="alert">{wordsOf(holding.error)}</span>}
    </Notice>
  );
}
