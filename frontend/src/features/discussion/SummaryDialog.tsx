// What has been said so far, each line with the messages it rests on, shown as it is written.
import { queryOptions, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { Button } from "@/components/Button";
import { Dialog } from "@/components/Dialog";
import { Notice } from "@/components/Notice";
import { voiceStyle } from "@/components/voice";
import { api, ApiError, wordsOf } from "@/lib/api";
import type { Discussion, Figure } from "@/protocol/types";
import { figureOf } from "@/protocol/view";
import styles from "./Dialogs.module.css";
import { useLive, useShown } from "@/lib/useLive";

interface Point {
  text: string;
  messages: string[];
}

/** What is told while it is written; the rest comes with the kept one. */
interface Draft {
  topic: string;
  participants?: { character_id: string; name: string }[];
  /** Where the messages stand that the lines rest on, by their ids. */
  positions?: Record<string, number>;
  insights: (Point & { character_id: string; name: string })[];
  agreements: Point[];
  tensions: Point[];
  questions: Point[];
}

interface Summary extends Draft {
  version: number;
  created_at: string;
  last_seq: number;
  demo: boolean;
  model?: string | null;
}

/** The newest, or another version; null where none was made yet. */
const summaryQuery = (id: string, version: number | null) =>
  queryOptions({
    queryKey: ["summary", id, version],
    queryFn: ({ signal }) => {
      const which = version === null ? "" : `?version=${String(version)}`;
      return api.get<Summary>(`/api/discussions/${id}/summary${which}`, signal).catch((error: unknown) => {
        if (error instanceof ApiError && error.status === 404) return null;
        throw error;
      });
    },
    // Asked for each time it is opened: what was struck meanwhile must not be shown even for a moment.
    gcTime: 0,
    staleTime: 0,
  });

/** Makes a summary; `onDraft` is told its lines as they come. */
async function makeSummary(
  id: string,
  onDraft: (draft: Draft) => void,
  signal: AbortSignal,
): Promise<Summary> {
  for await (const { name, data } of api.events(`/api/discussions/${id}/summary`, {}, signal)) {
    if (name === "draft" && data !== null) onDraft(data as Draft);
    if (name === "summary") return data as Summary;
    if (name === "problem") {
      const { status, code, detail } = data as { status: number; code: string; detail: string };
      throw new ApiError(status, code, detail);
    }
  }
  throw new ApiError(0, "broken_off", "The connection broke off. Open the summary again in a moment.");
}

interface Props {
  onClose: () => void;
  onSeek: (messageId: string) => void;
}

export function SummaryDialog({ onClose, onSeek }: Props) {
  const { id } = useLive();
  const queries = useQueryClient();
  const seq = useShown(({ view }) => view?.seq ?? 0);
  const [version, setVersion] = useState<number | null>(null);
  const [draft, setDraft] = useState<Draft | null>(null);
  const [leaving] = useState(() => new AbortController());
  useEffect(
    () => () => {
      leaving.abort();
    },
    [leaving],
  );
  const newest = useQuery(summaryQuery(id, null));
  const stored = useQuery(summaryQuery(id, version));
  const making = useMutation({
    mutationFn: () => {
      setDraft(null);
      return makeSummary(id, setDraft, leaving.signal);
    },
    onSuccess: (summary) => {
      queries.setQueryData(summaryQuery(id, null).queryKey, summary);
      setVersion(null);
    },
  });
  const error = making.error ?? stored.error;
  const summary = stored.data;
  const shown = making.isPending ? draft : summary;
  const label = making.isPending ? "Reading the discussion…" : summary ? "Summarise again" : "Summarise";
  return (
    <Dialog title="Summary" onClose={onClose} wide>
      <div className={styles.stack} aria-busy={making.isPending}>
        {summary === null && !making.isPending && (
          <p>The key insights of each voice, where they agree and where they do not, and what stays open.</p>
        )}
        {shown && <Lines summary={shown} onSeek={onSeek} />}
        {!making.isPending && summary && version === null && summary.last_seq < seq && (
          <Notice>The discussion has gone on since this summary.</Notice>
        )}
        {error && <Notice kind="problem">{wordsOf(error)}</Notice>}
        {!stored.isPending && (
          <div className={styles.actions}>
            <Button
              kind={summary ? "plain" : "primary"}
              aria-disabled={making.isPending}
              onClick={() => {
                if (!making.isPending) making.mutate();
              }}
            >
              {label}
            </Button>
            {!making.isPending && newest.data && newest.data.version > 1 && (
              <Versions newest={newest.data.version} shown={summary ?? null} onChoose={setVersion} />
            )}
          </div>
        )}
      </div>
    </Dialog>
  );
}

interface VersionsProps {
  newest: number;
  shown: Summary | null;
  onChoose: (version: number | null) => void;
}

/** Every summary stays: the one shown, and the way to the others. */
function Versions({ newest, shown, onChoose }: VersionsProps) {
  const at =
    shown && new Date(shown.created_at).toLocaleString([], { dateStyle: "medium", timeStyle: "short" });
  return (
    <label className={styles.versions}>
      Version
      <select
        value={shown?.version ?? newest}
        onChange={({ target }) => {
          const chosen = Number(target.value);
          onChoose(chosen === newest ? null : chosen);
        }}
      >
        {Array.from({ length: newest }, (_, index) => newest - index).map((version) => (
          <option key={version} value={version}>
            {version}
          </option>
        ))}
      </select>
      <span>
        of {newest}
        {at && `, ${at}`}
      </span>
    </label>
  );
}

function Lines({ summary: told, onSeek }: { summary: Draft | Summary; onSeek: Props["onSeek"] }) {
  const discussion = useShown(({ view }) => view?.discussion ?? null);
  const summary = useWithoutStruck(told);
  const { positions } = summary;
  return (
    <div className={styles.summary}>
      <p>{summary.topic}</p>
      {summary.participants && (
        <p className={styles.soft}>With {summary.participants.map(({ name }) => name).join(", ")}</p>
      )}
      {"demo" in summary && summary.demo && (
        <p className={styles.soft}>Put together from the demo voices’ own words; a model would weigh them.</p>
      )}
      {summary.insights.length > 0 && <h3>Key insights</h3>}
      <ul className={styles.points}>
        {summary.insights.map((insight, index) => (
          <li key={index}>
            <span className={styles.voice} style={voiceStyle(colorsOf(discussion, insight.character_id))}>
              {insight.name}
            </span>{" "}
            {insight.text} <Sources point={insight} positions={positions} onSeek={onSeek} />
          </li>
        ))}
      </ul>
      <Section title="They agree" points={summary.agreements} positions={positions} onSeek={onSeek} />
      <Section title="They differ" points={summary.tensions} positions={positions} onSeek={onSeek} />
      <Section title="Still open" points={summary.questions} positions={positions} onSeek={onSeek} />
    </div>
  );
}

/** A line goes as soon as a message that it rests on is struck: it may repeat its words. */
function useWithoutStruck(summary: Draft | Summary): Draft | Summary {
  const messages = useShown(({ view }) => view?.messages ?? null);
  const struck = new Set(messages?.filter(({ status }) => status === "struck").map(({ id }) => id));
  const stands = ({ messages }: Point) => !messages.some((id) => struck.has(id));
  return {
    ...summary,
    insights: summary.insights.filter(stands),
    agreements: summary.agreements.filter(stands),
    tensions: summary.tensions.filter(stands),
    questions: summary.questions.filter(stands),
  };
}

function colorsOf(discussion: Discussion | null, id: string): Pick<Figure, "color" | "color_dark"> {
  return (discussion && figureOf(discussion, id)) ?? { color: "currentcolor" };
}

interface Receipts {
  positions: Draft["positions"];
  onSeek: Props["onSeek"];
}

function Section({ title, points, ...receipts }: { title: string; points: Point[] } & Receipts) {
  if (points.length === 0) return null;
  return (
    <>
      <h3>{title}</h3>
      <ul className={styles.points}>
        {points.map((point, index) => (
          <li key={index}>
            {point.text} <Sources point={point} {...receipts} />
          </li>
        ))}
      </ul>
    </>
  );
}

/** "→ 3, 7": the places in the transcript that the line rests on. */
function Sources({ point, positions, onSeek }: { point: Point } & Receipts) {
  return point.messages.map((id) => {
    const place = String(positions?.[id] ?? "earlier");
    return (
      <button
        key={id}
        type="button"
        className={styles.source}
        aria-label={`Show message ${place}`}
        onClick={() => {
          onSeek(id);
        }}
      >
        {place}
      </button>
    );
  });
}
