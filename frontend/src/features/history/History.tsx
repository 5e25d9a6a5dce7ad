// The discussions so far, newest first, found again by their titles and words.
import { keepPreviousData, useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import { Button } from "@/components/Button";
import { ConfirmDialog } from "@/components/ConfirmDialog";
import { Loading } from "@/components/Loading";
import { Notice } from "@/components/Notice";
import { Page } from "@/components/Page";
import { SearchField } from "@/components/SearchField";
import { TitleDialog } from "@/components/TitleDialog";
import { wordsOf } from "@/lib/problem";
import {
  archiveDiscussion,
  deleteDiscussion,
  discussionsQuery,
  isFiltered,
  renameDiscussion,
  type Filter,
  type Listed,
} from "./discussions";
import { Filters } from "./Filters";
import { FirstLesson } from "./FirstLesson";
import styles from "./History.module.css";
import { Row } from "./Row";
import { TopicDialog } from "./TopicDialog";
import { useFilter } from "./useFilter";
import { useReached } from "./useReached";

interface Props {
  /** More to begin with, where nothing has been discussed yet. */
  empty?: ReactNode;
}

export function History({ empty }: Props) {
  const { words, setWords, filter, change } = useFilter();
  const list = useInfiniteQuery({ ...discussionsQuery(filter), placeholderData: keepPreviousData });
  const items = list.data?.pages.flatMap((page) => page.items) ?? [];
  const narrowed = isFiltered(filter);
  const asked = filter.words !== "" || narrowed;
  // A search that failed leaves what is searched for, to be tried again or changed.
  if (!list.data && !(list.isError && asked)) {
    return <Loading title="History" error={list.error} onRetry={() => void list.refetch()} />;
  }
  if (list.isSuccess && items.length === 0 && filter.words === "" && words === "" && !narrowed) {
    return (
      <Page title="History">
        <FirstLesson />
        {empty}
      </Page>
    );
  }
  return (
    <Page
      title="History"
      actions={
        <SearchField
          label="Search discussions"
          placeholder="A title or any word"
          value={words}
          onValue={setWords}
        />
      }
    >
      <Filters filter={filter} listed={items} onFilter={change} />
      {list.isError && <Loading error={list.error} onRetry={() => void list.refetch()} />}
      <p role="status" className={items.length === 0 ? styles.nothing : "visually-hidden"}>
        {items.length === 0 && list.isSuccess && nothingWords(filter)}
        {items.length > 0 && asked && `${String(items.length)} found`}
      </p>
      <Rows items={items} />
      <More
        more={list.hasNextPage}
        busy={list.isFetchingNextPage}
        onMore={() => void list.fetchNextPage({ cancelRefetch: false })}
      />
    </Page>
  );
}

function nothingWords({ words, archived, ...rest }: Filter): string {
  if (words !== "") return `No discussion speaks of “${words}”.`;
  if (archived === "alone" && rest.character === "" && rest.from === "" && rest.to === "")
    return "The archive is empty.";
  return "No discussion is like that.";
}

type Asked = { what: "rename" | "delete" | "duplicate"; discussion: Listed } | null;

function Rows({ items }: { items: Listed[] }) {
  const [asked, setAsked] = useState<Asked>(null);
  const [moved, setMoved] = useState<Listed | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const queries = useQueryClient();
  const refresh = () => queries.invalidateQueries({ queryKey: ["discussions"] });
  const archive = ({ id, archived = false }: Listed, done: () => void) => {
    setProblem(null);
    archiveDiscussion(id, !archived)
      .then(refresh)
      .then(done, (error: unknown) => {
        setProblem(wordsOf(error));
      });
  };
  const close = () => {
    setAsked(null);
  };
  return (
    <>
      {problem && <Notice kind="problem">{problem}</Notice>}
      {moved && (
        <Moved
          discussion={moved}
          onUndo={() => {
            archive({ ...moved, archived: !moved.archived }, () => {
              setMoved(null);
            });
          }}
        />
      )}
      <ul className={styles.rows}>
        {items.map((discussion) => (
          <Row
            key={discussion.id}
            discussion={discussion}
            onRename={() => {
              setAsked({ what: "rename", discussion });
            }}
            onDuplicate={() => {
              setAsked({ what: "duplicate", discussion });
            }}
            onArchive={() => {
              archive(discussion, () => {
                setMoved(discussion);
              });
            }}
            onDelete={() => {
              setAsked({ what: "delete", discussion });
            }}
          />
        ))}
      </ul>
      {asked?.what === "rename" && (
        <TitleDialog
          title={asked.discussion.title || asked.discussion.topic}
          onSave={(title) => renameDiscussion(asked.discussion.id, title).then(refresh)}
          onClose={close}
        />
      )}
      {asked?.what === "duplicate" && <TopicDialog discussion={asked.discussion} onClose={close} />}
      {asked?.what === "delete" && (
        <ConfirmDialog
          title="Delete this discussion?"
          action="Delete"
          onConfirm={() => deleteDiscussion(asked.discussion.id).then(refresh)}
          onClose={close}
        >
          “{asked.discussion.title || asked.discussion.topic}” with all that was said in it. It cannot be
          brought back.
        </ConfirmDialog>
      )}
    </>
  );
}

/** What was just archived or taken out again, and the way back. */
function Moved({ discussion, onUndo }: { discussion: Listed; onUndo: () => void }) {
  const where = discussion.archived ? "is out of the archive" : "is in the archive";
  return (
    <Notice>
      <span role="status">
        “{discussion.title || discussion.topic}” {where}.
      </span>{" "}
      <Button kind="quiet" onClick={onUndo}>
        Undo
      </Button>
    </Notice>
  );
}

interface MoreProps {
  more: boolean;
  busy: boolean;
  onMore: () => void;
}

/** Fetches by itself when one comes near the end; the button is for those who do not scroll. */
function More({ more, busy, onMore }: MoreProps) {
  const end = useReached(more && !busy, onMore);
  return (
    <div ref={end} className={styles.more}>
      {more && (
        <Button aria-disabled={busy} onClick={onMore}>
          {busy ? "Fetching…" : "Show older ones"}
        </Button>
      )}
    </div>
  );
}
