// Server-sent events as they come: `event:` names them, `data:` is what they say.

export interface ServerEvent {
  name: string;
  data: string;
}

/** `onTraffic` hears of every sign of life, comments too. */
export async function* eventsOf(
  body: ReadableStream<Uint8Array>,
  onTraffic: () => void = () => undefined,
): AsyncGenerator<ServerEvent> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let rest = "";
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      onTraffic();
      const blocks = (rest + decoder.decode(value, { stream: true })).split("\n\n");
      rest = blocks.pop() ?? "";
      for (const block of blocks) {
        const event = { name: fieldOf(block, "event"), data: fieldOf(block, "data") };
        // A comment is no event.
        if (event.data !== "") yield event;
      }
    }
  } finally {
    // Whoever stops listening closes the connection.
    await reader.cancel().catch(() => undefined);
  }
}

function fieldOf(block: string, name: string): string {
  return block
    .split("\n")
    .filter((line) => line.startsWith(`${name}:`))
    .map((line) => line.slice(name.length + 1).trimStart())
    .join("\n");
}
