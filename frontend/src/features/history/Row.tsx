// One discussion of the list: its title, who took part, when, how much was said.
import { Archive, ArchiveRestore, CopyPlus, Pencil, Trash2 } from "lucide-react";
import { Link } from "wouter";
import { Button } from "@/components/Button";
import { Roundel } from "@/components/Roundel";
import { whenWords } from "@/lib/time";
import type { Listed, Snippet } from "./discussions";
import styles from "./Row.module.css";

interface Props {
  discussion: Listed;
  onRename: () => void;
  onDuplicate: () => void;
  onArchive: () => void;
  onDelete: () => void;
}

export function Row({ discussion, onRename, onDuplicate, onArchive, onDelete }: Props) {
  const { id, topic, participants, archived = false } = discussion;
  const title = discussion.title || topic;
  const names = participants.map(({ name }) => name);
  const { snippet } = discussion;
  // Found in the title itself: marked there rather than said twice.
  const inTitle = snippet ? snippet.before + snippet.match + snippet.after === title : false;
  const found = snippet?.message_id ? `?message=${snippet.message_id}` : "";
  return (
    <li className={styles.row}>
      <div className={styles.words}>
        <h2 className={styles.title}>
          <Link href={`/discussions/${id}${found}`}>
            {snippet && inTitle ? <Found snippet={snippet} /> : title}
          </Link>
        </h2>
        {title !== topic && <p className={styles.topic}>{topic}</p>}
        {snippet && !inTitle && (
          <p className={styles.found}>
            <Found snippet={snippet} />
          </p>
        )}
        <div className={styles.facts}>
          <span className={styles.cast}>
            {participants.map((participant) => (
              <Roundel key={participant.character_id} voice={participant} size={1.75} />
            ))}
          </span>
          <span>{names.join(", ")}</span>
          <span className={styles.when}>
            <time dateTime={discussion.updated_at}>{whenWords(discussion.updated_at)}</time>
            {" · "}
            {countWords(discussion.message_count)}
          </span>
        </div>
      </div>
      <div className={styles.actions}>
        <Button kind="quiet" icon aria-label={`Rename ${title}`} title="Rename" onClick={onRename}>
          <Pencil size={18} aria-hidden />
        </Button>
        <Button
          kind="quiet"
          icon
          aria-label={`Same cast, new topic: ${title}`}
          title="Same cast, new topic"
          onClick={onDuplicate}
        >
          <CopyPlus size={18} aria-hidden />
        </Button>
        <Button
          kind="quiet"
          icon
          aria-label={`${archived ? "Take out of the archive" : "Archive"}: ${title}`}
          title={archived ? "Take out of the archive" : "Archive"}
          onClick={onArchive}
        >
          {archived ? <ArchiveRestore size={18} aria-hidden /> : <Archive size={18} aria-hidden />}
        </Button>
        <Button kind="quiet" icon aria-label={`Delete ${title}`} title="Delete" onClick={onDelete}>
          <Trash2 size={18} aria-hidden />
        </Button>
      </div>
    </li>
  );
}

function countWords(count: number): string {
  if (count === 0) return "not begun";
  return count === 1 ? "1 message" : `${String(count)} messages`;
}

function Found({ snippet }: { snippet: Snippet }) {
  return (
    <>
      {snippet.before}
      <mark>{snippet.match}</mark>
      {snippet.after}
    </>
  );
}
