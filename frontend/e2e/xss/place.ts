// A ChatLab of its own whose voices answer with payloads: a provider on this machine that speaks Chat Completions, and the
// server in front of it.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { startServer, type Server } from "../server";
import { PAYLOADS, batches } from "./payloads";

const TURNS = batches(3_000, "\n\n");
/** What the characters remember in short: made whenever the server finds time, so it takes no turn's words. */
export const RECAP = batches(2_000, "\n")[0] ?? "";

export const TURN_COUNT = TURNS.length;

const summary = () => {
  const points = batches(900, " ").map((text) => ({ text, messages: [1] }));
  const insights = points.map((point) => ({ ...point, name: "Montessori" }));
  return JSON.stringify({ insights, agreements: points, tensions: points, questions: points });
};

/** What is asked for tells itself apart by what the prompt says last. */
function answerTo(prompt: string, turn: number): string {
  if (/as JSON and nothing else/.test(prompt)) return summary();
  if (/what they will remember of everything above/.test(prompt)) return RECAP;
  if (/One sentence each/.test(prompt))
    return PAYLOADS.slice(0, 6)
      .map((text, index) => `${String(index + 1)}. ${text}`)
      .join("\n");
  return TURNS[turn % TURNS.length] ?? "";
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const piece of request) text += String(piece);
  return text;
}

function stream(response: ServerResponse, text: string): void {
  const event = (value: unknown) => `data: ${JSON.stringify(value)}\n\n`;
  response.writeHead(200, { "Content-Type": "text/event-stream" });
  // In small pieces, so that tags arrive in parts.
  for (const content of text.match(/[^]{1,7}/gu) ?? [])
    response.write(event({ choices: [{ index: 0, delta: { content } }] }));
  response.end(event({ choices: [{ index: 0, delta: {}, finish_reason: "stop" }] }) + "data: [DONE]\n\n");
}

async function startProvider(): Promise<{ url: string; stop: () => void }> {
  let turn = 0;
  const server = createServer((request, response) => {
    void bodyOf(request).then((body) => {
      if (request.url?.endsWith("/models")) {
        response.writeHead(200, { "Content-Type": "application/json" });
        response.end(JSON.stringify({ data: [{ id: "<img src=x onerror=xss(-1)>" }] }));
        return;
      }
      const { messages } = JSON.parse(body) as { messages: { content: string }[] };
      const prompt = messages.map(({ content }) => content).join("\n");
      const answer = answerTo(prompt, turn);
      if (TURNS.includes(answer)) turn += 1;
      stream(response, answer);
    });
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${String(port)}/v1`, stop: () => server.close() };
}

/** Whoever confirms this address is an admin. */
export const ADMIN = "head@example.org";

const SETTINGS = {
  ADMIN_EMAILS: ADMIN,
  RATE_LIMIT_COMMAND: "100000",
  RATE_LIMIT_CREATE: "100000",
  RATE_LIMIT_JOIN: "100000",
};

export async function startPlace(): Promise<Server> {
  const provider = await startProvider();
  const server = await startServer({ ...SETTINGS, EXTERNAL_API_BASE_URL: provider.url });
  const stop = async () => {
    await server.stop();
    provider.stop();
  };
  return { ...server, stop };
}
