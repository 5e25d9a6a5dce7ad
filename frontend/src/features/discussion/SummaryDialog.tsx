// What has been said so far, each line with the messages it rests on.
import { queryOptions, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Button } from "@/components/Button";
import { Dialog } from "@/components/Dialog";
import { Notice } from "@/components/Notice";
import { voiceStyle } from "@/components/voice";
import { api, ApiError, wordsOf } from "@/lib/api";
import type { Participant } from "@/protocol/types";
import styles from "./Dialogs.module.css";
import { useLive, useShown } from "@/lib/useLive";

interface Point {
  text: string;
  messages: string[];
}

interface Summary {
  version: number;
  created_at: string;
  last_seq: number;
  demo: boolean;
  topic: string;
  insights: (Point & { character_id: string; name: string })[];
  agreements: Point[];
  tensions: Point[];
  questions: Point[];
}

const summaryQuery = (id: string) =>
  queryOptions({
    queryKey: ["summary", id],
    queryFn: ({ signal }) =>
      api.get<Summary>(`/api/discussions/${id}/summary`, signal).catch((error: unknown) => {
        if (error instanceof ApiError && error.status === 404) return null;
        throw error;
      }),
  });

interface Props {
  onClose: () => void;
  onSeek: (messageId: string) => void;
}

export function SummaryDialog({ onClose, onSeek }: Props) {
  const { id } = useLive();
  const queries = useQueryClient();
  const seq = useShown(({ view }) => view?.seq ?? 0);
  const stored = useQuery(summaryQuery(id));
  const making = useMutation({
    mutationFn: () => api.post<Summary>(`/api/discussions/${id}/summary`),
    onSuccess: (summary) => {
      queries.setQueryData(summaryQuery(id).queryKey, summary);
    },
  });
  const error = making.error ?? stored.error;
  const summary = stored.data;
  const label = making.isPending ? "Reading the discussion…" : summary ? "Summarise again" : "Make a summary";
  return (
    <Dialog title="Summary" onClose={onClose} wide>
      <div className={styles.stack}>
        {summary === null && !making.isPending && (
          <p>The key insights of each voice, where they agree and where they do not, and what stays open.</p>
        )}
        {summary && <Lines summary={summary} onSeek={onSeek} />}
        {summary && summary.last_seq < seq && <Notice>The discussion has gone on since this summary.</Notice>}
        {error && <Notice kind="problem">{wordsOf(error)}</Notice>}
        {!stored.isPending && (
          <Button
            kind={summary ? "plain" : "primary"}
            aria-disabled={making.isPending}
            onClick={() => {
              if (!making.isPending) making.mutate();
            }}
          >
            {label}
          </Button>
        )}
      </div>
    </Dialog>
  );
}

function Lines({ summary, onSeek }: { summary: Summary; onSeek: Props["onSeek"] }) {
  const participants = useShown(({ view }) => view?.discussion.participants ?? null);
  return (
    <div className={styles.summary}>
      {summary.demo && (
        <p className={styles.soft}>Put together from the demo voices’ own words; a model would weigh them.</p>
      )}
      {summary.insights.length > 0 && <h3>Key insights</h3>}
      <ul className={styles.points}>
        {summary.insights.map((insight, index) => (
          <li key={index}>
            <span className={styles.voice} style={voiceStyle(colorsOf(participants, insight.character_id))}>
              {insight.name}
            </span>{" "}
            {insight.text} <Sources point={insight} onSeek={onSeek} />
          </li>
        ))}
      </ul>
      <Section title="They agree" points={summary.agreements} onSeek={onSeek} />
      <Section title="They differ" points={summary.tensions} onSeek={onSeek} />
      <Section title="Still open" points={summary.questions} onSeek={onSeek} />
    </div>
  );
}

function colorsOf(participants: Participant[] | null, id: string): Pick<Participant, "color" | "color_dark"> {
  return participants?.find(({ character_id }) => character_id === id) ?? { color: "currentcolor" };
}

function Section({ title, points, onSeek }: { title: string; points: Point[]; onSeek: Props["onSeek"] }) {
  if (points.length === 0) return null;
  return (
    <>
      <h3>{title}</h3>
      <ul className={styles.points}>
        {points.map((point, index) => (
          <li key={index}>
            {point.text} <Sources point={point} onSeek={onSeek} />
          </li>
        ))}
      </ul>
    </>
  );
}

/** "→ 3, 7": the places in the transcript that the line rests on. */
function Sources({ point, onSeek }: { point: Point; onSeek: Props["onSeek"] }) {
  const messages = useShown(({ view }) => view?.messages ?? null);
  return point.messages.map((id) => {
    const position = messages?.find((message) => message.id === id)?.position;
    const place = position === undefined ? "earlier" : String(position);
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
