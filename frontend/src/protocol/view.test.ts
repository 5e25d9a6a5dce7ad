// The corners of applyEvent that no fresh snapshot can show: what is lost, what is late, what was loaded on request.
import { describe, expect, it } from "vitest";
import { discussion, message, snapshot, turn } from "@/test/builders";
import type { ServerEvent } from "./types";
import { addOlder, applyEvent, entries, type View } from "./view";

function play(...events: ServerEvent[]): View {
  const view = events.reduce<View | null>(applyEvent, null);
  if (view === null) throw new Error("no snapshot");
  return view;
}

const started: ServerEvent = { type: "turn_started", seq: 6, turn: turn({ id: "t", position: 6 }) };
const delta = (from: number, text: string, id = "t"): ServerEvent => ({
  type: "delta",
  turn: id,
  from,
  text,
});

describe("applyEvent", () => {
  it("waits for the first snapshot", () => {
    expect(applyEvent(null, started)).toBeNull();
  });

  it("marks the view lost at a hole and adds nothing", () => {
    const view = play(snapshot(), started, delta(0, "Play"), delta(9, "late"));
    expect(view.lost).toBe(true);
    expect(view.turn?.text).toBe("Play");
  });

  it("marks the view lost when it has never heard of the turn", () => {
    expect(play(snapshot(), delta(0, "Play", "unknown")).lost).toBe(true);
  });

  it("ignores a delta of a turn that is over", () => {
    const view = play(snapshot({ messages: [message({ id: "old" })] }), delta(4, "late", "old"));
    expect(view.lost).toBe(false);
    expect(view.turn).toBeNull();
  });

  it("does not change the view for a delta that is there already", () => {
    const before = play(snapshot(), started, delta(0, "Play"));
    expect(applyEvent(before, delta(0, "Play"))).toBe(before);
  });

  it("counts a letter outside the basic plane as two", () => {
    const view = play(snapshot(), started, delta(0, "🧩"), delta(2, "!"));
    expect(view.turn?.text).toBe("🧩!");
    expect(view.lost).toBe(false);
  });

  it("shows a notice until the text comes", () => {
    const notice: ServerEvent = { type: "notice", code: "retrying", text: "Trying again in 2 s." };
    expect(play(snapshot(), started, notice).notice?.text).toBe("Trying again in 2 s.");
    expect(play(snapshot(), started, notice, delta(0, "Play")).notice).toBeNull();
  });

  it("keeps the newer of two versions of a message", () => {
    const newer = message({ id: "m", seq: 5, text: "new" });
    const older = message({ id: "m", seq: 3, text: "old" });
    const view = play(snapshot({ messages: [newer] }), { type: "message", seq: 3, message: older });
    expect(view.messages[0]?.text).toBe("new");
  });

  it("does not go back to an older state of the discussion", () => {
    const late: ServerEvent = { type: "discussion", seq: 2, discussion: discussion({ title: "Old" }) };
    expect(play(snapshot({ seq: 5 }), late).discussion.title).not.toBe("Old");
  });
});

describe("entries", () => {
  it("puts the running turn at its own position", () => {
    const after = message({ id: "said", position: 7, author: { kind: "user", id: null, name: "Host" } });
    const view = play(snapshot({ messages: [message({ position: 5 })] }), started, {
      type: "message",
      seq: 7,
      message: after,
    });
    expect(entries(view.messages, view.turn).map(({ kind }) => kind)).toEqual(["message", "turn", "message"]);
  });
});

describe("addOlder", () => {
  it("puts older messages before those that are there, each once", () => {
    const view = play(snapshot({ messages: [message({ id: "c", position: 3 })], more_before: 3 }));
    const older = [
      message({ id: "a", position: 1 }),
      message({ id: "b", position: 2 }),
      message({ id: "c", position: 3 }),
    ];
    const full = addOlder(view, older, null);
    expect(full.messages.map(({ id }) => id)).toEqual(["a", "b", "c"]);
    expect(full.moreBefore).toBeNull();
  });
});
