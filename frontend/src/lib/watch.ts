// The observer's door: a join code, and a random key that nobody else knows. No account, no name, no cookie.
import type { Message, ServerEvent } from "@/protocol/types";
import type { Door, Ticket } from "./door";
import { apiUrl } from "./env";
import { newId } from "./id";
import { ApiError, OFFLINE, problemOf } from "./problem";

const MEMORY = "chatlab.watch";

/** Six characters without those that look like others. */
export function codeOf(text: string): string {
  return text.replace(/[\s-]/g, "").toUpperCase();
}

/** What this browser remembers of the discussion it watched last; another code makes it forget. */
interface Memory {
  code: string;
  /** Random: who comes back with it does not vote twice. */
  key: string;
  /** The place of the last turn that was seen. */
  seen: number;
  /** The questions this phone voted for. */
  voted: string[];
}

function fresh(code: string): Memory {
  return { code, key: newId(), seen: 0, voted: [] };
}

let memory: Memory | null = null;

export function remembered(code: string): Memory {
  if (memory?.code === code) return memory;
  try {
    const kept = JSON.parse(localStorage.getItem(MEMORY) ?? "null") as Memory | null;
    memory = kept?.code === code ? { ...fresh(code), ...kept } : fresh(code);
  } catch {
    // Storage may be forbidden; the key then lasts as long as the page.
    memory = fresh(code);
  }
  return memory;
}

export function remember(code: string, change: Partial<Pick<Memory, "seen" | "voted">>): void {
  memory = { ...remembered(code), ...change };
  try {
    localStorage.setItem(MEMORY, JSON.stringify(memory));
  } catch {
    // See above.
  }
}

async function ask<T>(path: string, body?: unknown): Promise<T> {
  const response = await fetch(apiUrl(path), {
    method: body === undefined ? "GET" : "POST",
    headers: body === undefined ? {} : { "Content-Type": "application/json" },
    body: body === undefined ? null : JSON.stringify(body),
    credentials: "omit",
    cache: "no-store",
  }).catch(() => {
    throw new ApiError(0, "offline", OFFLINE);
  });
  if (!response.ok) throw await problemOf(response);
  return (await response.json()) as T;
}

export function watchDoor(code: string): Door {
  const path = `/api/watch/${encodeURIComponent(code)}`;
  return {
    ticket: () => {
      remember(code, {});
      return ask<Ticket>(`${path}/ticket`, { key: remembered(code).key });
    },
    older: async (before, limit) => {
      const query = `before=${String(before)}&limit=${String(limit)}`;
      return (await ask<{ items: Message[] }>(`${path}/messages?${query}`)).items;
    },
    command: (frame) =>
      ask<ServerEvent>(`${path}/commands`, {
        ...(JSON.parse(frame) as object),
        key: remembered(code).key,
      }),
  };
}
