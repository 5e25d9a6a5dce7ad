// One discussion as a page holds it: the view, the connection that feeds it, and the commands.
import type { Command, Message, Notice, ServerEvent, Turn } from "@/protocol/types";
import { addOlder, applyEvent, type View } from "@/protocol/view";
import type { Door } from "./door";
import { LiveSocket, type LinkStatus } from "./socket";

/** The running turn without its text: does not change with each delta. */
export type TurnHead = Omit<Turn, "text">;

export interface Shown {
  view: View | null;
  head: TurnHead | null;
  status: LinkStatus;
  /** The last message that was finished while the page was open, for screen readers. */
  announced: Message | null;
  /** What the server has to say about the discussion as a whole: a limit that is near, why no turn follows by itself. */
  told: Notice | null;
}

const OLDER_AT_ONCE = 100;
/** Where every discussion begins. */
const FIRST_POSITION = 1;

export class LiveDiscussion {
  /** As the address of the page names it: the discussion's id, or its join code. */
  readonly id: string;
  readonly #door: Door;
  readonly #paintEvery: number;
  readonly #socket: LiveSocket;
  readonly #listeners = new Set<() => void>();
  #view: View | null = null;
  #status: LinkStatus = "connecting";
  #announced: Message | null = null;
  #told: Notice | null = null;
  #shown: Shown = { view: null, head: null, status: "connecting", announced: null, told: null };
  #scheduled = false;
  #loadingOlder: Promise<void> | null = null;

  /** `paintEvery`: milliseconds between two paints at least; without it every frame of the screen may be one. */
  constructor(id: string, door: Door, paintEvery = 0) {
    this.id = id;
    this.#door = door;
    this.#paintEvery = paintEvery;
    this.#socket = new LiveSocket(door, {
      after: () => this.#view?.seq ?? null,
      onEvent: (event) => {
        this.#receive(event);
      },
      onStatus: (status) => {
        this.#status = status;
        this.#schedule();
      },
    });
  }

  open(): void {
    this.#socket.open();
  }

  close(): void {
    this.#socket.close();
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly getShown = (): Shown => this.#shown;

  /** Resolves when it took effect, rejects with a `CommandError` when it was refused. */
  send(command: Command): Promise<void> {
    this.#door.note?.(command);
    return this.#socket.send(command);
  }

  next(characterId?: string): Promise<void> {
    return this.send({ type: "next", ...(characterId && { character_id: characterId }) });
  }

  say(text: string): Promise<void> {
    return this.send({ type: "say", text });
  }

  /** Names the turn, so that a late press never stops the one after it. */
  stop(turn: string): Promise<void> {
    return this.send({ type: "stop", turn });
  }

  /** Loads the messages before those that are there; two calls at once are one. */
  loadOlder(): Promise<void> {
    this.#loadingOlder ??= this.#fetchOlder().finally(() => {
      this.#loadingOlder = null;
    });
    return this.#loadingOlder;
  }

  /** Loads backwards until the message is there; false if it is not in this discussion any more. */
  async find(messageId: string): Promise<boolean> {
    const there = () => this.#view?.messages.some(({ id }) => id === messageId) ?? false;
    while (!there() && this.#view?.moreBefore != null) await this.loadOlder();
    return there();
  }

  /** Loads everything from the first message on. */
  async loadAll(): Promise<void> {
    while (this.#view?.moreBefore != null) await this.loadOlder();
  }

  async #fetchOlder(): Promise<void> {
    const before = this.#view?.moreBefore;
    if (before == null) return;
    const older = await this.#door.older(before, OLDER_AT_ONCE);
    if (this.#view === null) return;
    const first = Math.min(...older.map(({ position }) => position));
    const all = older.length < OLDER_AT_ONCE || first <= FIRST_POSITION;
    this.#view = addOlder(this.#view, older, all ? null : first);
    this.#publish();
  }

  /** What was told has been read. */
  readonly dismiss = (): void => {
    this.#told = null;
    this.#schedule();
  };

  #receive(event: ServerEvent): void {
    const before = this.#view;
    this.#view = applyEvent(before, event);
    const told = toldBy(event, this.#told);
    if (this.#view === before && told === this.#told) return;
    this.#told = told;
    if (event.type === "turn_ended" || event.type === "message") this.#announced = event.message;
    if (this.#view?.lost && !before?.lost) this.#socket.resync();
    this.#schedule();
  }

  /** At most one repaint a frame. A hidden page gets no frames, and nobody sees it: it may be slower. */
  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    if (document.hidden) setTimeout(this.#publish, 200);
    else if (this.#paintEvery > 0) setTimeout(this.#publish, this.#paintEvery);
    else requestAnimationFrame(this.#publish);
  }

  readonly #publish = (): void => {
    this.#scheduled = false;
    const head = headOf(this.#view?.turn ?? null, this.#shown.head);
    this.#shown = {
      view: this.#view,
      head,
      status: this.#status,
      announced: this.#announced,
      told: this.#told,
    };
    this.#listeners.forEach((listener) => {
      listener();
    });
  };
}

/** Why it waits is no longer true once the next turn begins. */
function toldBy(event: ServerEvent, before: Notice | null): Notice | null {
  if (event.type === "notice" && !event.turn) return event;
  return event.type === "turn_started" && before?.code.startsWith("auto_") ? null : before;
}

function headOf(turn: Turn | null, before: TurnHead | null): TurnHead | null {
  if (turn === null) return null;
  const same =
    before?.id === turn.id &&
    before.version === turn.version &&
    before.state === turn.state &&
    before.position === turn.position;
  return same ? before : { ...turn };
}
