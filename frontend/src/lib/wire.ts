// One connection to the live events: a WebSocket, or where a network forbids those a stream over plain HTTP.
import { eventsOf } from "./events";

export interface Wire {
  kind: "socket" | "stream";
  readonly ready: boolean;
  /** Does nothing on a stream: commands go another way there. */
  send: (frame: string) => void;
  close: () => void;
}

export interface WireListener {
  onOpen: () => void;
  /** Something came, if only a sign of life. */
  onTraffic: () => void;
  onData: (data: unknown) => void;
  onClose: (code: number) => void;
}

const BROKEN = 1006;
const CODE_OF_STATUS: Record<number, number> = { 401: 4401, 429: 4429, 503: 1012 };

export function openSocket(url: string, listener: WireListener): Wire {
  let socket: WebSocket;
  try {
    socket = new WebSocket(url.replace(/^http/, "ws"));
  } catch {
    // Some school browsers forbid even the constructor.
    queueMicrotask(() => {
      listener.onClose(BROKEN);
    });
    return { kind: "socket", ready: false, send: () => undefined, close: () => undefined };
  }
  socket.onopen = listener.onOpen;
  socket.onmessage = ({ data }: MessageEvent<unknown>) => {
    listener.onTraffic();
    listener.onData(data);
  };
  socket.onclose = ({ code }) => {
    listener.onClose(code);
  };
  return {
    kind: "socket",
    get ready() {
      return socket.readyState === WebSocket.OPEN;
    },
    send: (frame) => {
      socket.send(frame);
    },
    close: () => {
      socket.close();
    },
  };
}

/** Read by `fetch` and not by `EventSource`: that one would come back by itself with a ticket that is used up. */
export function openStream(url: string, listener: WireListener): Wire {
  const abort = new AbortController();
  let ready = false;
  const read = async () => {
    const response = await fetch(url, {
      headers: { Accept: "text/event-stream" },
      cache: "no-store",
      credentials: "omit",
      signal: abort.signal,
    });
    if (!response.ok || response.body === null) return CODE_OF_STATUS[response.status] ?? BROKEN;
    ready = true;
    listener.onOpen();
    for await (const { data } of eventsOf(response.body, listener.onTraffic)) listener.onData(data);
    return BROKEN;
  };
  read()
    .catch(() => BROKEN)
    .then((code) => {
      ready = false;
      if (!abort.signal.aborted) listener.onClose(code);
    })
    .catch(() => undefined);
  return {
    kind: "stream",
    get ready() {
      return ready;
    },
    send: () => undefined,
    close: () => {
      abort.abort();
    },
  };
}
