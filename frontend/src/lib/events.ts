// Server-sent events of an answer to a request: `event:` names them, `data:` is JSON.

export interface NamedEvent {
  name: string;
  data: unknown;
}

export async function* eventsOf(body: ReadableStream<Uint8Array>): AsyncGenerator<NamedEvent> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let rest = "";
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      const blocks = (rest + decoder.decode(value, { stream: true })).split("\n\n");
      rest = blocks.pop() ?? "";
      for (const block of blocks) {
        const event = eventOf(block);
        if (event !== null) yield event;
      }
    }
  } finally {
    // Whoever stops listening closes the connection.
    await reader.cancel().catch(() => undefined);
  }
}

/** A comment is no event. */
function eventOf(block: string): NamedEvent | null {
  const field = (name: string) =>
    block
      .split("\n")
      .filter((line) => line.startsWith(`${name}:`))
      .map((line) => line.slice(name.length + 1).trimStart())
      .join("\n");
  const data = field("data");
  return data === "" ? null : { name: field("event"), data: JSON.parse(data) as unknown };
}
