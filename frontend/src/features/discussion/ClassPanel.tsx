// The host's quiet view of the class: who watches, which questions wait, what the stage shows. One line until it is opened.
import { Button } from "@/components/Button";
import { useCommand, type Commanding } from "@/lib/useCommand";
import { useShown } from "@/lib/useLive";
import type { Question, Room, Rules, Stage } from "@/protocol/classroom";
import type { Discussion } from "@/protocol/types";
import styles from "./ClassPanel.module.css";

export function ClassPanel() {
  const room = useShown(({ view }) => view?.room ?? null);
  const discussion = useShown(({ view }) => view?.discussion ?? null);
  const commanding = useCommand();
  if (room === null || discussion === null) return null;
  return (
    <details className={styles.panel} name="class">
      <summary>
        <Line room={room} />
      </summary>
      <div className={styles.body}>
        {commanding.problem && (
          <p role="alert" className={styles.problem}>
            {commanding.problem}
          </p>
        )}
        <Questions room={room} discussion={discussion} send={commanding.send} />
        <div className={styles.columns}>
          <ClassRules rules={room.class} send={commanding.send} />
          <StageControls stage={room.stage} send={commanding.send} />
        </div>
      </div>
    </details>
  );
}

type Send = Commanding["send"];

function Line({ room }: { room: Room }) {
  const observers = useShown(({ view }) => view?.presence?.observers ?? 0);
  const waiting = room.questions.filter(({ status }) => status === "waiting").length;
  const predicted = room.prediction?.open ? room.prediction.votes : 0;
  const parts = [
    `${String(observers)} watching`,
    waiting > 0 && `${String(waiting)} ${waiting === 1 ? "question waits" : "questions wait"}`,
    predicted > 0 && `${String(predicted)} predicted`,
    stageWords(room.stage),
  ].filter(Boolean);
  const reactions = Object.entries(room.reactions.counts);
  return (
    <>
      Class: {parts.join(" · ")}
      {reactions.map(([emoji, count]) => (
        <span key={emoji} className={styles.reaction}>
          {emoji} {count}
        </span>
      ))}
    </>
  );
}

/** What is on the wall, where it is not simply the discussion. */
function stageWords({ blank, pause, show }: Stage): string | false {
  if (blank) return "stage blank";
  const shown = {
    discussion: false,
    questions: "stage shows the questions",
    code: "stage shows how to join",
  } as const;
  return pause ? "stage paused" : shown[show];
}

function Questions({ room, discussion, send }: { room: Room; discussion: Discussion; send: Send }) {
  if (room.questions.length === 0) return <p className={styles.soft}>No questions yet.</p>;
  const order = [...room.questions].sort(
    (a, b) => Number(a.status === "approved") - Number(b.status === "approved") || b.votes - a.votes,
  );
  return (
    <ul className={styles.questions} aria-label="Questions of the class">
      {order.map((question) => (
        <li key={question.id}>
          <p className={styles.question}>
            {question.text}{" "}
            <span className={styles.soft}>
              {question.votes} {question.votes === 1 ? "vote" : "votes"}
              {question.status === "waiting" && ", waiting"}
            </span>
          </p>
          <Actions question={question} discussion={discussion} send={send} />
        </li>
      ))}
    </ul>
  );
}

/** The one who answers is who would speak next; the others are one press away in the cast above. */
function Actions({ question, discussion, send }: { question: Question; discussion: Discussion; send: Send }) {
  return (
    <div className={styles.actions}>
      {question.status === "waiting" && (
        <Button
          kind="quiet"
          onClick={() => {
            void send({ type: "approve", question: question.id });
          }}
        >
          Approve
        </Button>
      )}
      <Button
        kind="quiet"
        onClick={() => {
          void send({ type: "dismiss", question: question.id });
        }}
      >
        Strike
      </Button>
      {discussion.participants
        .filter(({ muted }) => !muted)
        .map(({ character_id, name }) => (
          <Button
            key={character_id}
            kind="quiet"
            onClick={() => {
              void send({ type: "pose", question: question.id, character_id });
            }}
          >
            Ask {name.split(" ").at(-1)}
          </Button>
        ))}
    </div>
  );
}

function ClassRules({ rules, send }: { rules: Rules; send: Send }) {
  return (
    <fieldset className={styles.set}>
      <legend>The class may</legend>
      <label>
        Ask{" "}
        <select
          value={rules.questions}
          onChange={(event) => {
            void send({ type: "class", questions: event.target.value as Rules["questions"] });
          }}
        >
          <option value="open">yes</option>
          <option value="frozen">not just now</option>
          <option value="off">no</option>
        </select>
      </label>
      <Switch
        label="React"
        on={rules.reactions}
        onSwitch={(reactions) => {
          void send({ type: "class", reactions });
        }}
      />
      <Switch
        label="Predict"
        on={rules.predictions}
        onSwitch={(predictions) => {
          void send({ type: "class", predictions });
        }}
      />
    </fieldset>
  );
}

const SPEEDS = [0, 120, 150, 180, 200, 240, 300];

function StageControls({ stage, send }: { stage: Stage; send: Send }) {
  const set = (change: Partial<Stage>) => void send({ type: "stage", ...change });
  const speeds = [...new Set([...SPEEDS, stage.words_per_minute])].sort((a, b) => a - b);
  return (
    <fieldset className={styles.set}>
      <legend>The stage</legend>
      <label>
        Shows{" "}
        <select
          value={stage.show}
          onChange={(event) => {
            set({ show: event.target.value as Stage["show"] });
          }}
        >
          <option value="discussion">the discussion</option>
          <option value="questions">the questions</option>
          <option value="code">how to join</option>
        </select>
      </label>
      <label>
        Words a minute{" "}
        <select
          value={stage.words_per_minute}
          onChange={(event) => {
            set({ words_per_minute: Number(event.target.value) });
          }}
        >
          {speeds.map((speed) => (
            <option key={speed} value={speed}>
              {speed === 0 ? "as they come" : speed}
            </option>
          ))}
        </select>
      </label>
      <Switch
        label="Blank"
        on={stage.blank}
        onSwitch={(blank) => {
          set({ blank });
        }}
      />
      <Switch
        label="Pause"
        on={stage.pause}
        onSwitch={(pause) => {
          set({ pause });
        }}
      />
      <Switch
        label="Code in the corner"
        on={stage.show_code}
        onSwitch={(show_code) => {
          set({ show_code });
        }}
      />
      <label>
        Type{" "}
        <input
          type="range"
          min={70}
          max={200}
          step={10}
          value={stage.type_size}
          aria-valuetext={`${String(stage.type_size)} percent`}
          onChange={(event) => {
            set({ type_size: Number(event.target.value) });
          }}
        />
      </label>
    </fieldset>
  );
}

function Switch({ label, on, onSwitch }: { label: string; on: boolean; onSwitch: (on: boolean) => void }) {
  return (
    <label>
      <input
        type="checkbox"
        checked={on}
        onChange={(event) => {
          onSwitch(event.target.checked);
        }}
      />{" "}
      {label}
    </label>
  );
}
