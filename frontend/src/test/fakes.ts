// Stand-ins for the network: a WebSocket the test speaks through, and a fetch that answers from a table.
import { vi } from "vitest";

export class FakeWebSocket {
  static readonly CONNECTING = 0;
  static readonly OPEN = 1;
  static readonly CLOSED = 3;
  static all: FakeWebSocket[] = [];

  readonly url: string;
  readonly sent: Record<string, unknown>[] = [];
  readyState = FakeWebSocket.CONNECTING;
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;

  constructor(url: string) {
    this.url = url;
    FakeWebSocket.all.push(this);
  }

  static get last(): FakeWebSocket {
    const last = FakeWebSocket.all.at(-1);
    if (!last) throw new Error("nothing has connected");
    return last;
  }

  send(frame: string): void {
    this.sent.push(JSON.parse(frame) as Record<string, unknown>);
  }

  close(): void {
    this.readyState = FakeWebSocket.CLOSED;
  }

  /** The server accepts the handshake and sends its first frame. */
  accept(first: unknown): void {
    this.readyState = FakeWebSocket.OPEN;
    this.onopen?.();
    this.tell(first);
  }

  tell(event: unknown): void {
    this.onmessage?.({ data: JSON.stringify(event) });
  }

  hangUp(code: number): void {
    this.readyState = FakeWebSocket.CLOSED;
    this.onclose?.({ code });
  }
}

export interface Call {
  method: string;
  path: string;
  token: string | null;
  idempotencyKey: string | null;
  body: unknown;
}

type Answer = [status: number, body?: unknown];

/** Answers each `METHOD /path` by asking `answer`, which may throw as a lost network does; `calls` tells what was asked. */
export function fakeFetch(answer: (call: Call) => Answer): { calls: Call[] } {
  const calls: Call[] = [];
  vi.stubGlobal("fetch", (path: string, init: RequestInit = {}) => {
    const call: Call = {
      method: init.method ?? "GET",
      path,
      token: new Headers(init.headers).get("Authorization")?.replace("Bearer ", "") ?? null,
      idempotencyKey: new Headers(init.headers).get("Idempotency-Key"),
      body: typeof init.body === "string" ? JSON.parse(init.body) : null,
    };
    calls.push(call);
    return new Promise((resolve) => {
      const [status, body] = answer(call);
      resolve(new Response(body === undefined ? null : JSON.stringify(body), { status }));
    });
  });
  return { calls };
}
