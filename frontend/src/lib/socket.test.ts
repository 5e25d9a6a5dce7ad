// The live connection through everything a school's network does to it.
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { ServerEvent } from "@/protocol/types";
import { snapshot } from "@/test/builders";
import { FakeWebSocket } from "@/test/fakes";
import { api, ApiError } from "./api";
import type { Door } from "./door";
import { CommandError, LiveSocket, type LinkStatus } from "./socket";

/** A door that only WebSockets lead through; wire.test.ts has the other. */
const door: Door = {
  ticket: async () => ({ ...(await api.post<{ ticket: string }>("ticket")), discussion_id: "d1" }),
  older: () => Promise.resolve([]),
};
let ticket = 0;
let seq: number | null = null;
let events: ServerEvent[] = [];
let statuses: LinkStatus[] = [];
let socket: LiveSocket;

const settle = (milliseconds = 0) => vi.advanceTimersByTimeAsync(milliseconds);

beforeEach(async () => {
  vi.useFakeTimers();
  vi.spyOn(Math, "random").mockReturnValue(1);
  vi.stubGlobal("WebSocket", FakeWebSocket);
  vi.spyOn(api, "post").mockImplementation(() => Promise.resolve({ ticket: `T${String(++ticket)}` }));
  FakeWebSocket.all = [];
  ticket = 0;
  seq = null;
  events = [];
  statuses = [];
  socket = new LiveSocket(door, {
    after: () => seq,
    onEvent: (event) => events.push(event),
    onStatus: (status) => statuses.push(status),
  });
  socket.open();
  await settle();
});

afterEach(() => {
  socket.close();
  vi.useRealTimers();
});

describe("connecting", () => {
  it("opens with a ticket and hands on what comes", () => {
    FakeWebSocket.last.accept(snapshot());
    expect(FakeWebSocket.last.url).toMatch(/^ws:.*\/api\/discussions\/d1\/live\?ticket=T1$/);
    expect(events).toHaveLength(1);
    expect(statuses).toEqual(["connecting", "open"]);
  });

  it("ignores frames that are no events", () => {
    FakeWebSocket.last.accept(snapshot());
    FakeWebSocket.last.onmessage?.({ data: "{not json" });
    FakeWebSocket.last.tell(42);
    expect(events).toHaveLength(1);
  });
});

describe("coming back", () => {
  it("takes a fresh ticket and says how far it had got, at once when the server restarts", async () => {
    FakeWebSocket.last.accept(snapshot());
    seq = 5;
    FakeWebSocket.last.hangUp(1012);
    await settle();
    expect(FakeWebSocket.all).toHaveLength(2);
    expect(FakeWebSocket.last.url).toMatch(/ticket=T2&after=5$/);
  });

  it("waits longer after each failure, and begins anew once it has been well", async () => {
    FakeWebSocket.last.hangUp(1006);
    await settle(499);
    expect(FakeWebSocket.all).toHaveLength(1);
    await settle(1);
    expect(FakeWebSocket.all).toHaveLength(2);
    FakeWebSocket.last.hangUp(1006);
    await settle(999);
    expect(FakeWebSocket.all).toHaveLength(2);
    await settle(1);
    FakeWebSocket.last.accept(snapshot());
    FakeWebSocket.last.hangUp(1006);
    await settle(500);
    expect(FakeWebSocket.all).toHaveLength(4);
  });

  it("does not wait once the network is back", async () => {
    for (let failure = 0; failure < 5; failure += 1) {
      FakeWebSocket.last.hangUp(1006);
      await settle(15_000);
    }
    FakeWebSocket.last.hangUp(1006);
    const before = FakeWebSocket.all.length;
    window.dispatchEvent(new Event("online"));
    await settle();
    expect(FakeWebSocket.all).toHaveLength(before + 1);
  });

  it("notices a connection that died without a word", async () => {
    const dead = FakeWebSocket.last;
    dead.accept(snapshot());
    await settle(20_000);
    expect(dead.sent.at(-1)).toMatchObject({ type: "ping" });
    await settle(8_000 + 500);
    expect(FakeWebSocket.all).toHaveLength(2);
  });

  it("does not trust an old connection when the phone wakes, and is back within two seconds", async () => {
    const dead = FakeWebSocket.last;
    dead.accept(snapshot());
    await settle(5_000);
    document.dispatchEvent(new Event("visibilitychange"));
    expect(dead.sent.at(-1)).toMatchObject({ type: "ping" });
    await settle(2_000 + 500);
    expect(FakeWebSocket.all).toHaveLength(2);
  });

  it("gives up an attempt that was begun before the phone slept", async () => {
    await settle(3_000);
    window.dispatchEvent(new Event("online"));
    await settle();
    expect(FakeWebSocket.all).toHaveLength(2);
    window.dispatchEvent(new Event("online"));
    await settle();
    expect(FakeWebSocket.all).toHaveLength(2);
  });

  it("asks for another ticket when the first never comes", async () => {
    FakeWebSocket.last.accept(snapshot());
    vi.mocked(api.post).mockImplementationOnce(() => new Promise(() => undefined));
    FakeWebSocket.last.hangUp(1012);
    await settle(20_000 + 1_000);
    expect(FakeWebSocket.all).toHaveLength(2);
  });

  it("stays where the answers come", async () => {
    FakeWebSocket.last.accept(snapshot());
    for (let minute = 0; minute < 5; minute += 1) {
      await settle(20_000);
      FakeWebSocket.last.tell({ type: "pong" });
    }
    expect(FakeWebSocket.all).toHaveLength(1);
  });

  it("gives up where there is nothing to come back to", async () => {
    FakeWebSocket.last.hangUp(4404);
    window.dispatchEvent(new Event("online"));
    await settle(60_000);
    expect(FakeWebSocket.all).toHaveLength(1);
    expect(statuses.at(-1)).toBe("not_found");
  });

  it("waits as long as a crowded server asks", async () => {
    vi.mocked(api.post).mockRejectedValueOnce(new ApiError(429, "rate_limited", "Too many.", [], 7));
    FakeWebSocket.last.hangUp(1012);
    await settle(6_999);
    expect(FakeWebSocket.all).toHaveLength(1);
    await settle(1);
    expect(FakeWebSocket.all).toHaveLength(2);
  });
});

describe("commands", () => {
  it("are settled by their acknowledgement", async () => {
    FakeWebSocket.last.accept(snapshot());
    const done = socket.send({ type: "say", text: "Why?" });
    FakeWebSocket.last.tell({ type: "ack", id: FakeWebSocket.last.sent[0]?.["id"], seq: 6 });
    await expect(done).resolves.toBeUndefined();
  });

  it("are refused in the server's words", async () => {
    FakeWebSocket.last.accept(snapshot());
    const done = socket.send({ type: "next" });
    const id = FakeWebSocket.last.sent[0]?.["id"];
    FakeWebSocket.last.tell({ type: "error", id, code: "turn_in_progress", message: "Someone is speaking." });
    await expect(done).rejects.toEqual(new CommandError("turn_in_progress", "Someone is speaking."));
  });

  it("are sent again under the same id until they are answered, and then no more", async () => {
    FakeWebSocket.last.accept(snapshot());
    const done = socket.send({ type: "say", text: "Why?" });
    const first = FakeWebSocket.last.sent[0];
    FakeWebSocket.last.hangUp(1012);
    await settle();
    FakeWebSocket.last.accept(snapshot());
    expect(FakeWebSocket.last.sent).toEqual([first]);
    FakeWebSocket.last.tell({ type: "ack", id: first?.["id"], seq: 6 });
    await done;
    FakeWebSocket.last.hangUp(1012);
    await settle();
    FakeWebSocket.last.accept(snapshot());
    expect(FakeWebSocket.last.sent).toEqual([]);
  });
});
