// What is done on the page, for research: which page, which characters, which actions, and that so many characters were written
// where. Never a topic, never a message, never a word of what was written.
import { apiUrl } from "./env";
import { currentToken, getSession } from "./session";

interface Activity {
  kind: string;
  at: string;
  data: Record<string, string | number | boolean | string[]>;
}

const WAIT_MS = 5_000;
const MOST = 50;
/** Longest name of a field. */
const LONGEST_NAME = 60;

let waiting: Activity[] = [];
let timer: ReturnType<typeof setTimeout> | null = null;

/** Sent together with others after some seconds, or when the page is left. */
export function track(kind: string, data: Activity["data"] = {}): void {
  waiting.push({ kind, at: new Date().toISOString(), data });
  waiting = waiting.slice(-MOST);
  timer ??= setTimeout(flush, WAIT_MS);
}

/** What a control is called on the page; within `data-field` so, where what it is called is somebody's own word. */
function nameOf(control: HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement): string {
  const given = control.closest("[data-field]")?.getAttribute("data-field");
  const label = control.labels?.[0];
  const name = given ?? control.getAttribute("aria-label") ?? (label ? ownWords(label) : control.name);
  return name.trim().slice(0, LONGEST_NAME);
}

/** Without what stands in the control itself, if the label is around it: among the options may be people's own characters. */
function ownWords(label: HTMLLabelElement): string {
  const copy = label.cloneNode(true) as HTMLLabelElement;
  for (const control of copy.querySelectorAll("select, textarea")) control.remove();
  return copy.textContent;
}

function noteInput({ target }: Event): void {
  const choice =
    target instanceof HTMLSelectElement ||
    (target instanceof HTMLInputElement && ["checkbox", "radio"].includes(target.type));
  if (choice) track("choice", { field: nameOf(target) });
  else if (target instanceof HTMLTextAreaElement || target instanceof HTMLInputElement) {
    if (target.type !== "password")
      track("text_input", { field: nameOf(target), characters: target.value.length });
  }
}

/** Notes which fields are filled in and which choices are made, for as long as the page is open. */
export function trackInputs(): () => void {
  document.addEventListener("change", noteInput);
  return () => {
    document.removeEventListener("change", noteInput);
  };
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
