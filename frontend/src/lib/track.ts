// What is done on the page, for the host's research: which page, which characters. Never a topic, never a message.
import { apiUrl } from "./env";
import { currentToken, getSession } from "./session";

interface Activity {
  kind: string;
  at: string;
  data: Record<string, string | number | boolean | string[]>;
}

const WAIT_MS = 5_000;
const MOST = 50;

let waiting: Activity[] = [];
let timer: ReturnType<typeof setTimeout> | null = null;

/** Sent together with others after some seconds, or when the page is left. */
export function track(kind: string, data: Activity["data"] = {}): void {
  waiting.push({ kind, at: new Date().toISOString(), data });
  waiting = waiting.slice(-MOST);
  timer ??= setTimeout(flush, WAIT_MS);
}

function flush(): void {
  if (timer !== null) clearTimeout(timer);
  timer = null;
  // Nobody is signed in only to be counted.
  if (waiting.length === 0 || getSession().state !== "open") return;
  const events = waiting;
  waiting = [];
  void send(events);
}

/** `keepalive` outlives the page. What cannot be sent is given up: it is a help, not a duty. */
async function send(events: Activity[]): Promise<void> {
  try {
    const token = await currentToken();
    if (token === null) return;
    await fetch(apiUrl("/api/activity"), {
      method: "POST",
      keepalive: true,
      headers: { "Content-Type": "application/json", Authorization: `Bearer ${token}` },
      body: JSON.stringify({ events }),
    });
  } catch {
    // Offline; the page says so where it matters.
  }
}

document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "hidden") flush();
});
