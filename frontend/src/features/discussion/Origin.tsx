// Where a fork's beginning was taken from.
import { useQuery } from "@tanstack/react-query";
import { Link } from "wouter";
import type { Discussion } from "@/protocol/types";
import { discussionQuery } from "./api";
import styles from "./Heading.module.css";

export function Origin({ from }: { from: NonNullable<Discussion["forked_from"]> }) {
  const origin = useQuery(discussionQuery(from.discussion_id));
  if (origin.isPending) return null;
  return (
    <p className={styles.origin}>
      {origin.data ? (
        <>
          Forked from{" "}
          <Link href={`/discussions/${from.discussion_id}?message=${from.message_id}`}>
            {origin.data.title || origin.data.topic}
          </Link>
        </>
      ) : (
        "Forked from a discussion that is gone"
      )}
    </p>
  );
}
