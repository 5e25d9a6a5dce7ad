// Those who come late, and those whose phone slept.
import { describe, expect, it } from "vitest";
import { message } from "@/test/builders";
import { firstSentence, missedTurns } from "./missed";

const turns = [1, 2, 3].map((position) =>
  message({
    id: `m${String(position)}`,
    position,
    text: `Point ${String(position)} is made here. And more.`,
  }),
);

describe("what one missed", () => {
  it("is a line for each turn, told from the first", () => {
    expect(missedTurns(turns, 0).map(({ line }) => line)).toEqual([
      "Point 1 is made here.",
      "Point 2 is made here.",
      "Point 3 is made here.",
    ]);
  });

  it("begins behind what was seen", () => {
    expect(missedTurns(turns, 1).map(({ id }) => id)).toEqual(["m2", "m3"]);
  });

  it("is not told for a single turn", () => {
    expect(missedTurns(turns, 2)).toEqual([]);
  });

  it("counts turns only: not the host's words, and none without text", () => {
    const host = message({ id: "h", position: 4, author: { kind: "user", id: null, name: "Host" } });
    const struck = message({ id: "s", position: 5, text: "", status: "struck" });
    expect(missedTurns([...turns, host, struck], 2)).toEqual([]);
  });
});

describe("the line of a turn", () => {
  it("is its first sentence without marks of emphasis", () => {
    expect(firstSentence("*Play* is **work**. It is more.")).toBe("Play is work.");
  });

  it("does not end at a short exclamation", () => {
    expect(firstSentence("No! I say that children know. Yes.")).toBe("No! I say that children know.");
  });

  it("is everything where no sentence ends", () => {
    expect(firstSentence("a thought without an end")).toBe("a thought without an end");
  });
});
