// Where WebSockets are forbidden the same events come as a stream, without anybody choosing.
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { ServerEvent } from "@/protocol/types";
import { snapshot } from "@/test/builders";
import { FakeWebSocket } from "@/test/fakes";
import type { Door } from "./door";
import { ApiError } from "./problem";
import { CommandError, LiveSocket, type LinkStatus } from "./socket";

/** The bodies of the streams that were opened, newest last. */
let streams: { url: string; tell: (text: string) => void; end: () => void }[] = [];
let events: ServerEvent[] = [];
let statuses: LinkStatus[] = [];
let tickets = 0;
let socket: LiveSocket;

const command = vi.fn<NonNullable<Door["command"]>>();
const door: Door = {
  ticket: () => Promise.resolve({ ticket: `T${String(++tickets)}`, discussion_id: "d1" }),
  older: () => Promise.resolve([]),
  command,
};
const settle = (milliseconds = 0) => vi.advanceTimersByTimeAsync(milliseconds);
const block = (event: unknown) => `id: 1\ndata: ${JSON.stringify(event)}\n\n`;
const last = () => {
  const stream = streams.at(-1);
  if (!stream) throw new Error("no stream was opened");
  return stream;
};

beforeEach(async () => {
  vi.useFakeTimers();
  vi.spyOn(Math, "random").mockReturnValue(1);
  vi.stubGlobal("WebSocket", FakeWebSocket);
  vi.stubGlobal("fetch", (url: string) => {
    const encoder = new TextEncoder();
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        const tell = (text: string) => {
          controller.enqueue(encoder.encode(text));
        };
        streams.push({
          url,
          tell,
          end: () => {
            controller.close();
          },
        });
      },
    });
    return Promise.resolve(new Response(body));
  });
  FakeWebSocket.all = [];
  streams = [];
  events = [];
  statuses = [];
  tickets = 0;
  command.mockReset();
  socket = new LiveSocket(door, {
    after: () => (events.length > 0 ? 5 : null),
    onEvent: (event) => events.push(event),
    onStatus: (status) => statuses.push(status),
  });
  socket.open();
  await settle();
  FakeWebSocket.last.hangUp(1006);
  await settle();
});

afterEach(() => {
  socket.close();
  vi.useRealTimers();
});

describe("a network without WebSockets", () => {
  it("is read as a stream at once, with a ticket of its own", async () => {
    expect(last().url).toMatch(/\/api\/discussions\/d1\/events\?ticket=T2$/);
    const text = block(snapshot());
    last().tell(text.slice(0, 40));
    last().tell(text.slice(40) + ": a sign of life\n\n");
    await settle();
    expect(events).toHaveLength(1);
    expect(statuses.at(-1)).toBe("open");
  });

  it("comes back as a stream, with a fresh ticket and how far it had got", async () => {
    last().tell(block(snapshot()));
    await settle();
    last().end();
    await settle(500);
    expect(streams).toHaveLength(2);
    expect(last().url).toMatch(/ticket=T3&after=5$/);
    expect(FakeWebSocket.all).toHaveLength(1);
  });

  it("tries the other way again where neither brings anything", async () => {
    last().end();
    await settle(1_000);
    expect(FakeWebSocket.all).toHaveLength(2);
  });

  it("ends with the server's own word", async () => {
    last().tell(block(snapshot()) + block({ type: "closed", code: 4403 }));
    await settle(60_000);
    expect(statuses.at(-1)).toBe("share_ended");
    expect(streams).toHaveLength(1);
  });

  it("notices a stream that died without a word", async () => {
    last().tell(block(snapshot()));
    await settle(39_000);
    last().tell(": a sign of life\n\n");
    await settle(39_000);
    expect(streams).toHaveLength(1);
    await settle(2_000);
    expect(streams).toHaveLength(2);
  });

  it("sends commands over HTTP and brings their answer", async () => {
    last().tell(block(snapshot()));
    await settle();
    command.mockImplementation((frame) =>
      Promise.resolve({ type: "ack", id: (JSON.parse(frame) as { id: string }).id }),
    );
    await expect(socket.send({ type: "ask", text: "Why?" })).resolves.toBeUndefined();
    command.mockRejectedValue(new ApiError(403, "not_allowed", "Questions are switched off here."));
    await expect(socket.send({ type: "ask", text: "Why?" })).rejects.toEqual(
      new CommandError("not_allowed", "Questions are switched off here."),
    );
  });
});

it("does not trust a connection after a sleep", async () => {
  last().tell(block(snapshot()));
  await settle();
  vi.setSystemTime(Date.now() + 31_000);
  document.dispatchEvent(new Event("visibilitychange"));
  await settle();
  expect(streams).toHaveLength(2);
});
