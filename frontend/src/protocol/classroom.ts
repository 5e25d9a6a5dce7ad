// What the class does beside the dialogue, and what the stage shows. Each event says how things are now.

export type Asking = "open" | "frozen" | "off";
export type Choice = "agree" | "object" | "turn";

/** What the class may do; the host switches it. */
export interface Rules {
  questions: Asking;
  reactions: boolean;
  predictions: boolean;
}

export interface Stage {
  /** Nothing is shown. */
  blank: boolean;
  /** The text stands still; what comes meanwhile follows later. */
  pause: boolean;
  /** Reading speed; 0: as it comes. */
  words_per_minute: number;
  /** In percent of the stage's own size. */
  type_size: number;
  show_code: boolean;
  show: "discussion" | "questions" | "code";
}

export interface Question {
  id: string;
  text: string;
  votes: number;
  status: "waiting" | "approved" | "asked" | "dismissed";
  asked_at: string;
}

/** To the running turn, or to the last. */
export interface Reactions {
  turn: string | null;
  counts: Record<string, number>;
}

export type Split = Record<Choice, number>;

export interface Prediction {
  /** Who would speak next, or speaks now. */
  character_id: string | null;
  open: boolean;
  votes: number;
  revealed: { message_id: string; character_id: string; split: Split } | null;
}

export interface Room {
  class: Rules & { emoji: string[] };
  stage: Stage;
  /** By when they were asked; observers see those that are open to votes. */
  questions: Question[];
  reactions: Reactions;
  prediction: Prediction | null;
}

export type ClassEvent =
  | { type: "class"; class: Room["class"] }
  | { type: "stage"; stage: Stage }
  | { type: "question"; question: Question }
  | { type: "votes"; votes: Record<string, number> }
  | ({ type: "reaction" } & Reactions)
  | { type: "prediction"; prediction: Prediction | null };

export type ClassCommand =
  | { type: "ask"; text: string }
  | { type: "vote"; question: string; up: boolean }
  | { type: "vote"; prediction: Choice }
  | { type: "react"; emoji: string }
  | { type: "approve" | "dismiss"; question: string }
  | { type: "pose"; question: string; character_id?: string }
  | ({ type: "class" } & Partial<Rules>)
  | ({ type: "stage" } & Partial<Stage>);

/** The room as a snapshot tells it; null from a server that does not. */
export function roomOf(told: Partial<Room>): Room | null {
  const { class: rules, stage, questions, reactions, prediction } = told;
  if (!rules || !stage || !questions || !reactions || prediction === undefined) return null;
  return { class: rules, stage, questions, reactions, prediction };
}

export function applyToRoom(room: Room, event: ClassEvent): Room {
  switch (event.type) {
    case "class":
      return { ...room, class: event.class };
    case "stage":
      return { ...room, stage: event.stage };
    case "question":
      return { ...room, questions: placed(room.questions, event.question) };
    case "votes":
      return { ...room, questions: room.questions.map((question) => counted(question, event.votes)) };
    case "reaction":
      return { ...room, reactions: { turn: event.turn, counts: event.counts } };
    case "prediction":
      return { ...room, prediction: event.prediction };
  }
}

/** One that was asked or dismissed leaves; the others stand by when they were asked, then by id. */
function placed(questions: Question[], question: Question): Question[] {
  const others = questions.filter(({ id }) => id !== question.id);
  if (question.status === "asked" || question.status === "dismissed") return others;
  const order = ({ asked_at, id }: Question) => `${asked_at} ${id}`;
  return [...others, question].sort((a, b) => (order(a) < order(b) ? -1 : 1));
}

function counted(question: Question, votes: Record<string, number>): Question {
  const count = votes[question.id];
  return count === undefined ? question : { ...question, votes: count };
}
