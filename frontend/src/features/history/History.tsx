// The discussions so far, newest first, found again by their titles and words.
import { keepPreviousData, useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState, type ReactNode } from "react";
import { useSearchParams } from "wouter";
import { Button } from "@/components/Button";
import { ConfirmDialog } from "@/components/ConfirmDialog";
import { Loading } from "@/components/Loading";
import { Page } from "@/components/Page";
import { SearchField } from "@/components/SearchField";
import { TitleDialog } from "@/components/TitleDialog";
import { deleteDiscussion, discussionsQuery, renameDiscussion, type Listed } from "./discussions";
import { FirstLesson } from "./FirstLesson";
import styles from "./History.module.css";
import { Row } from "./Row";
import { useReached } from "./useReached";

const PAUSE_MS = 250;

/** The sought words are part of the address, so that a step back finds the same list. */
function useSoughtWords() {
  const [params, setParams] = useSearchParams();
  const sought = params.get("q") ?? "";
  const [words, setWords] = useState(sought);
  useEffect(() => {
    if (words.trim() === sought) return;
    const timer = setTimeout(() => {
      setParams(words.trim() === "" ? {} : { q: words.trim() }, { replace: true });
    }, PAUSE_MS);
    return () => {
      clearTimeout(timer);
    };
  }, [words, sought, setParams]);
  return { words, setWords, sought };
}

interface Props {
  /** More to begin with, where nothing has been discussed yet. */
  empty?: ReactNode;
}

export function History({ empty }: Props) {
  const { words, setWords, sought } = useSoughtWords();
  const list = useInfiniteQuery({ ...discussionsQuery(sought), placeholderData: keepPreviousData });
  if (!list.data) {
    return <Loading title="History" error={list.error} onRetry={() => void list.refetch()} />;
  }
  const items = list.data.pages.flatMap((page) => page.items);
  if (items.length === 0 && sought === "" && words === "") {
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
      <p role="status" className={items.length === 0 ? styles.nothing : "visually-hidden"}>
        {items.length === 0 && `No discussion speaks of “${sought}”.`}
        {items.length > 0 && sought !== "" && `${String(items.length)} found`}
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

type Asked = { what: "rename" | "delete"; discussion: Listed } | null;

function Rows({ items }: { items: Listed[] }) {
  const [asked, setAsked] = useState<Asked>(null);
  const queries = useQueryClient();
  const refresh = () => queries.invalidateQueries({ queryKey: ["discussions"] });
  const close = () => {
    setAsked(null);
  };
  return (
    <>
      <ul className={styles.rows}>
        {items.map((discussion) => (
          <Row
            key={discussion.id}
            discussion={discussion}
            onRename={() => {
              setAsked({ what: "rename", discussion });
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
