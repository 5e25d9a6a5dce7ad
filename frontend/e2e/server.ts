// A ChatLab of some tests' own, for what the shared ones are not set up for: other settings, the operator's commands.
import { execFile, spawn, type ChildProcess } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { test } from "./support";

const binary = process.env["CHATLAB_BINARY"] ?? "";

export interface Server {
  url: string;
  /** What one of the binary's commands prints, such as `reset-link ADDRESS`. */
  command: (...words: string[]) => Promise<string>;
  stop: () => Promise<void>;
}

async function address(child: ChildProcess): Promise<string> {
  if (child.stdout === null) throw new Error("the server's output is read");
  const said: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    said.push(line);
    const url = /listening on (http:\/\/[^\s"]+)/.exec(line)?.[1];
    if (url !== undefined) return url;
  }
  throw new Error(`The server ended before it listened:\n${said.join("\n")}`);
}

/** A server on a free port with a fresh database and quick demo voices. */
export async function startServer(settings: Record<string, string> = {}): Promise<Server> {
  const room = await mkdtemp(join(tmpdir(), "chatlab-e2e-"));
  const env = { PATH: process.env["PATH"], HOME: room, PORT: "0", DEMO_WORDS_PER_SECOND: "300", ...settings };
  const child = spawn(binary, [], { cwd: room, env, stdio: ["ignore", "pipe", "inherit"] });
  const url = await address(child);
  // The log has to be read, or the server waits for its reader.
  child.stdout?.resume();
  return {
    url,
    command: async (...words) => {
      const { stdout } = await promisify(execFile)(binary, words, {
        cwd: room,
        env: { ...env, PUBLIC_URL: url },
      });
      return stdout.trim();
    },
    stop: async () => {
      const ended = new Promise((resolve) => child.once("exit", resolve));
      child.kill();
      await ended;
      await rm(room, { recursive: true, force: true });
    },
  };
}

interface Own<T> {
  server: Server & T;
}

/** Tests against a server that is started for them: `start` says how, and what else there is. One for each worker. */
export function testOn<T extends object>(start: () => Promise<Server & T>) {
  return test.extend<object, Own<T>>({
    server: [
      // eslint-disable-next-line no-empty-pattern -- Playwright reads from the pattern which fixtures are wanted
      async ({}, provide) => {
        const server = await start();
        await provide(server);
        await server.stop();
      },
      { scope: "worker" },
    ],
    baseURL: async ({ server }, provide) => provide(server.url),
  });
}
