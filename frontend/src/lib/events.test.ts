// Events that come in pieces of any size.
import { describe, expect, it } from "vitest";
import { readEvents } from "./events";

function response(pieces: string[]): Response {
  const encoder = new TextEncoder();
  return new Response(
    new ReadableStream({
      start(controller) {
        for (const piece of pieces) controller.enqueue(encoder.encode(piece));
        controller.close();
      },
    }),
  );
}

describe("readEvents", () => {
  it("gives each event once, however it was cut", async () => {
    const whole = 'data: {"text":"Sü"}\n\n: still here\n\nid: 1\ndata: {"text":"ppe"}\n\ndata: {"half":';
    for (const size of [1, 3, 7, 1_000]) {
      const bytes = Array.from({ length: Math.ceil(whole.length / size) }, (_, at) =>
        whole.slice(at * size, (at + 1) * size),
      );
      const told: unknown[] = [];
      await readEvents(response(bytes), (event) => told.push(event));
      expect(told).toEqual([{ text: "Sü" }, { text: "ppe" }]);
    }
  });
});
