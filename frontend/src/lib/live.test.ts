// A long discussion: the newest messages come by themselves, older ones when they are wanted.
import { beforeEach, describe, expect, it, vi } from "vitest";
import { api } from "./api";
import { message, snapshot } from "@/test/builders";
import { FakeWebSocket } from "@/test/fakes";
import { hostDoor } from "./door";
import { LiveDiscussion } from "./live";

const at = (position: number) => message({ id: `m${String(position)}`, position });
const range = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => at(from + index));

/** 250 messages, the last 30 of them in the snapshot. */
async function open(): Promise<LiveDiscussion> {
  const live = new LiveDiscussion("d1", hostDoor("d1"));
  live.open();
  await vi.waitFor(() => FakeWebSocket.last);
  FakeWebSocket.last.accept(snapshot({ messages: range(221, 250), more_before: 221 }));
  await vi.waitFor(() => {
    expect(live.getShown().view).not.toBeNull();
  });
  return live;
}

const positions = (live: LiveDiscussion) =>
  live.getShown().view?.messages.map(({ position }) => position) ?? [];

beforeEach(() => {
  FakeWebSocket.all = [];
  vi.stubGlobal("WebSocket", FakeWebSocket);
  vi.spyOn(api, "post").mockResolvedValue({ ticket: "T" });
  vi.spyOn(api, "get").mockImplementation((path: string) => {
    const before = Number(new URL(path, "http://x").searchParams.get("before"));
    return Promise.resolve({ items: range(Math.max(1, before - 100), before - 1) });
  });
});

describe("older messages", () => {
  it("are put before the others, until the first", async () => {
    const live = await open();
    await live.loadOlder();
    expect(positions(live)[0]).toBe(121);
    await live.loadOlder();
    await live.loadOlder();
    expect(positions(live)).toEqual(range(1, 250).map(({ position }) => position));
    expect(live.getShown().view?.moreBefore).toBeNull();
    live.close();
  });

  it("are all fetched for printing", async () => {
    const live = await open();
    await live.loadAll();
    expect(positions(live)).toEqual(range(1, 250).map(({ position }) => position));
    live.close();
  });

  it("are fetched once when they are asked for twice", async () => {
    const live = await open();
    await Promise.all([live.loadOlder(), live.loadOlder()]);
    expect(api.get).toHaveBeenCalledTimes(1);
    live.close();
  });

  it("are fetched until the one that is sought is there", async () => {
    const live = await open();
    expect(await live.find("m130")).toBe(true);
    expect(api.get).toHaveBeenCalledTimes(1);
    expect(await live.find("gone")).toBe(false);
    live.close();
  });
});

it("repaints once for all the deltas of a frame", async () => {
  const live = await open();
  let repaints = 0;
  live.subscribe(() => (repaints += 1));
  FakeWebSocket.last.tell({
    type: "turn_started",
    seq: 6,
    turn: { id: "t", character_id: "john-dewey", name: "John Dewey", version: 1, position: 251 },
  });
  for (let from = 0; from < 50; from += 1)
    FakeWebSocket.last.tell({ type: "delta", turn: "t", from, text: "x" });
  await vi.waitFor(() => {
    expect(live.getShown().view?.turn?.text).toHaveLength(50);
  });
  expect(repaints).toBe(1);
  live.close();
});
