// The live connection of one discussion: comes back by itself, and sends each command until it is answered.
import type { Command, ServerEvent } from "@/protocol/types";
import type { Door } from "./door";
import { liveUrl } from "./env";
import { newId } from "./id";
import { ApiError } from "./problem";
import { openSocket, openStream, type Wire, type WireListener } from "./wire";

export type LinkStatus = "connecting" | "open" | "reconnecting" | "not_found" | "share_ended" | "signed_out";

interface Listener {
  /** How far the page has got, or null at the first time. */
  after: () => number | null;
  onEvent: (event: ServerEvent) => void;
  onStatus: (status: LinkStatus) => void;
}

interface Pending {
  frame: string;
  resolve: () => void;
  reject: (error: CommandError) => void;
}

/** The server's refusal of a command, in words that may be shown. */
export class CommandError extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.name = "CommandError";
    this.code = code;
  }
}

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 15_000;
const CROWDED_WAIT_MS = 5_000;
const PING_AFTER_MS = 20_000;
const ANSWER_WITHIN_MS = 8_000;
const CONNECT_WITHIN_MS = 10_000;
/** Longer than a server lets anyone wait whose address has guessed codes. */
const TICKET_WITHIN_MS = 20_000;
/** After a sleep or a change of network the old connection is most likely dead: it has to show that it lives. */
const WAKE_ANSWER_WITHIN_MS = 2_000;
/** An attempt that was begun longer ago than this began before the sleep. */
const STALE_ATTEMPT_MS = 1_500;
/** A stream has a sign of life every 15 s. */
const STREAM_SILENCE_MS = 40_000;
/** After so long without a word the device slept, and the connection is most likely dead. */
const SLEPT_MS = 30_000;

const CLOSE = {
  broken: 1006,
  tooLarge: 1009,
  restarting: 1012,
  ticket: 4401,
  shareEnded: 4403,
  notFound: 4404,
  tooMany: 4429,
};

export class LiveSocket {
  readonly #door: Door;
  readonly #listener: Listener;
  readonly #pending = new Map<string, Pending>();
  #wire: Wire | null = null;
  /** What the network lets through: found out by trying. */
  #kind: Wire["kind"] = "socket";
  /** Whether this connection has brought a snapshot. */
  #greeted = false;
  #heardAt = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #failures = 0;
  #wanted = false;
  /** Whether the timer is the pause before the next attempt. */
  #pausing = false;
  /** When the last attempt to connect began. */
  #triedAt = 0;
  /** Grows with each attempt, so that what an older one still brings is ignored. */
  #attempt = 0;

  constructor(door: Door, listener: Listener) {
    this.#door = door;
    this.#listener = listener;
  }

  open(): void {
    if (this.#wanted) return;
    this.#wanted = true;
    window.addEventListener("online", this.#wake);
    document.addEventListener("visibilitychange", this.#wake);
    this.#listener.onStatus("connecting");
    void this.#connect();
  }

  close(): void {
    this.#wanted = false;
    window.removeEventListener("online", this.#wake);
    document.removeEventListener("visibilitychange", this.#wake);
    this.#drop();
  }

  /** Comes back with `after`: something was missed. */
  resync(): void {
    this.#drop();
    this.#retryIn(0);
  }

  /** Resolves when the server acknowledged, rejects with a `CommandError` when it refused. */
  send(command: Command): Promise<void> {
    const id = newId();
    const frame = JSON.stringify({ ...command, id });
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { frame, resolve, reject });
      if (this.#wire?.ready) this.#deliver(this.#wire, id, frame);
    });
  }

  #deliver(wire: Wire, id: string, frame: string): void {
    if (wire.kind === "socket") {
      wire.send(frame);
      return;
    }
    this.#door.command?.(frame).then(
      (answer) => {
        this.#hand(answer);
      },
      (error: unknown) => {
        // Without an answer it is sent again with the next connection.
        if (!(error instanceof ApiError) || error.status === 0) return;
        this.#settle(id, ({ reject }) => {
          reject(new CommandError(error.code, error.message));
        });
      },
    );
  }

  async #connect(): Promise<void> {
    const attempt = ++this.#attempt;
    this.#pausing = false;
    this.#triedAt = Date.now();
    // A request that was cut off may hang for minutes before the browser says so.
    this.#deadline(TICKET_WITHIN_MS, () => {
      this.#drop();
      this.#retryIn(this.#backOff(0));
    });
    const current = () => this.#wanted && this.#attempt === attempt;
    try {
      const { ticket, discussion_id } = await this.#door.ticket();
      if (!current()) return;
      const query = new URLSearchParams({ ticket });
      const after = this.#listener.after();
      if (after !== null) query.set("after", String(after));
      const place = this.#kind === "socket" ? "live" : "events";
      this.#attach(liveUrl(`/api/discussions/${discussion_id}/${place}?${query.toString()}`));
    } catch (error) {
      if (current()) this.#ticketRefused(error);
    }
  }

  #attach(url: string): void {
    this.#greeted = false;
    this.#deadline(CONNECT_WITHIN_MS, () => {
      this.#lost();
    });
    const open = this.#kind === "socket" ? openSocket : openStream;
    const wire: Wire = open(
      url,
      this.#listenTo(() => this.#wire === wire),
    );
    this.#wire = wire;
  }

  /** What a connection brings after it was given up is ignored. */
  #listenTo(current: () => boolean): WireListener {
    return {
      onOpen: () => {
        if (!current()) return;
        this.#expectTraffic();
        for (const [id, { frame }] of this.#pending) if (this.#wire) this.#deliver(this.#wire, id, frame);
      },
      onTraffic: () => {
        if (current()) this.#expectTraffic();
      },
      onData: (data) => {
        const event = current() ? parse(data) : null;
        if (event?.type === "closed") this.#leave(event.code);
        else if (event !== null) this.#hand(event);
      },
      onClose: (code) => {
        if (current()) this.#closed(code);
      },
    };
  }

  #hand(event: ServerEvent): void {
    if (event.type === "snapshot") {
      this.#failures = 0;
      this.#greeted = true;
      this.#listener.onStatus("open");
    }
    if (event.type === "ack")
      this.#settle(event.id, (pending) => {
        pending.resolve();
      });
    if (event.type === "error" && event.id !== undefined) {
      const refusal = new CommandError(event.code, event.message);
      this.#settle(event.id, (pending) => {
        pending.reject(refusal);
      });
    }
    this.#listener.onEvent(event);
  }

  #settle(id: string, how: (pending: Pending) => void): void {
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    if (pending) how(pending);
  }

  /** The server takes its leave on a stream, which has no close codes of its own. */
  #leave(code: number): void {
    this.#drop();
    this.#closed(code);
  }

  #closed(code: number): void {
    this.#wire = null;
    if (code === CLOSE.notFound) return this.#end("not_found");
    if (code === CLOSE.shareEnded) return this.#end("share_ended");
    if (code === CLOSE.tooLarge)
      this.#refuseAll("too_long", "That is too long to send. Shorten it and send it again.");
    const other = code === CLOSE.broken && this.#tryTheOtherWay();
    const atOnce = (other || code === CLOSE.restarting || code === CLOSE.ticket) && this.#failures === 0;
    this.#retryIn(atOnce ? 0 : this.#backOff(code === CLOSE.tooMany ? CROWDED_WAIT_MS : 0));
  }

  /** The ticket came and the events did not: perhaps this network lets only the other kind of connection through. */
  #tryTheOtherWay(): boolean {
    if (this.#greeted || !this.#door.command) return false;
    this.#kind = this.#kind === "socket" ? "stream" : "socket";
    return true;
  }

  #ticketRefused(error: unknown): void {
    const status = error instanceof ApiError ? error.status : 0;
    if (status === 404) return this.#end("not_found");
    if (status === 401) return this.#end("signed_out");
    const told = error instanceof ApiError ? (error.retryAfterSeconds ?? 0) * 1000 : 0;
    this.#retryIn(this.#backOff(told));
  }

  /** Doubles with each failure; the jitter keeps a class from coming back in one instant. */
  #backOff(atLeast: number): number {
    const wait = Math.min(FIRST_WAIT_MS * 2 ** this.#failures, LONGEST_WAIT_MS);
    return Math.max(atLeast, wait * (0.5 + Math.random() / 2));
  }

  #retryIn(wait: number): void {
    if (!this.#wanted) return;
    this.#failures += 1;
    this.#listener.onStatus("reconnecting");
    this.#pausing = true;
    this.#deadline(wait, () => {
      void this.#connect();
    });
  }

  /** A connection can die without a word: ask after a silence, and leave when nothing comes back. */
  #expectTraffic(): void {
    this.#heardAt = Date.now();
    if (this.#wire?.kind === "socket")
      this.#deadline(PING_AFTER_MS, () => {
        this.#ask(ANSWER_WITHIN_MS);
      });
    else
      this.#deadline(STREAM_SILENCE_MS, () => {
        this.#lost();
      });
  }

  #ask(within: number): void {
    this.#wire?.send(JSON.stringify({ type: "ping", id: newId() }));
    this.#deadline(within, () => {
      this.#lost();
    });
  }

  #lost(): void {
    this.#tryTheOtherWay();
    this.#drop();
    this.#retryIn(this.#backOff(0));
  }

  /** Back from sleep or from a dead spot: do not wait for a timer, and do not trust an old connection. */
  readonly #wake = (): void => {
    if (!this.#wanted || document.visibilityState === "hidden") return;
    if (this.#wire?.ready) {
      if (Date.now() - this.#heardAt > SLEPT_MS) this.resync();
      else if (this.#wire.kind === "socket") this.#ask(WAKE_ANSWER_WITHIN_MS);
    } else if (this.#pausing || Date.now() - this.#triedAt > STALE_ATTEMPT_MS) {
      this.#drop();
      this.#failures = 0;
      this.#retryIn(0);
    }
  };

  #end(status: LinkStatus): void {
    this.#wanted = false;
    this.#drop();
    this.#refuseAll(status, "This discussion is no longer there.");
    this.#listener.onStatus(status);
  }

  #refuseAll(code: string, message: string): void {
    for (const { reject } of this.#pending.values()) reject(new CommandError(code, message));
    this.#pending.clear();
  }

  #drop(): void {
    clearTimeout(this.#timer);
    this.#pausing = false;
    this.#attempt += 1;
    const wire = this.#wire;
    this.#wire = null;
    wire?.close();
  }

  /** One timer is enough: a connection waits either for itself, for traffic, or for the next attempt. */
  #deadline(wait: number, then: () => void): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(then, wait);
  }
}

/** Frames the page does not know are left to newer pages. */
function parse(data: unknown): ServerEvent | null {
  if (typeof data !== "string") return null;
  try {
    const event: unknown = JSON.parse(data);
    return typeof event === "object" && event !== null && "type" in event ? (event as ServerEvent) : null;
  } catch {
    return null;
  }
}
