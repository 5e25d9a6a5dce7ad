import { describe, expect, it } from "vitest";
import { eventsOf } from "./events";

async function read(chunks: string[]) {
  const encoder = new TextEncoder();
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(encoder.encode(chunk));
      controller.close();
    },
  });
  const events = [];
  for await (const event of eventsOf(body)) events.push(event);
  return events;
}

describe("events of an answer", () => {
  const text = ': still here\n\nevent: draft\ndata: {"a":"é"}\n\nevent: summary\ndata: {"b":1}\n\n';
  const told = [
    { name: "draft", data: '{"a":"é"}' },
    { name: "summary", data: '{"b":1}' },
  ];

  it("are told by name, comments left out", async () => {
    expect(await read([text])).toEqual(told);
  });

  it("may come in any pieces", async () => {
    expect(await read(text.split("").map((char) => char))).toEqual(told);
  });

  it("that never end are none", async () => {
    expect(await read(["event: draft\ndata: {"])).toEqual([]);
  });
});
