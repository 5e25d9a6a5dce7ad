// Opens a discussion in Chromium, presses Next Response, and tells when each word of the turn was said, came through the socket,
// and was in a painted frame. Called by benches/classroom/paint.rs with one JSON argument; answers with one JSON line.
import { createRequire } from "node:module";

const require = createRequire(new URL("../frontend/package.json", import.meta.url));
const { chromium } = require("@playwright/test");

const { url, discussion, cookies, chromium: executablePath, epoch, words, turns } = JSON.parse(process.argv[2]);

/** Runs in the page before anything else. Words are time stamps in base 36: microseconds since `epoch`. */
function watch(epoch) {
  const start = epoch / 1000;
  const now = () => performance.timeOrigin + performance.now();
  const stamps = (text) => text.match(/\b[0-9][0-9a-z]{5}\b/g) ?? [];
  const seen = new Map();
  let frame = 0;
  let inFrame = false;
  let fresh = [];

  const note = (stamp) => {
    if (!seen.has(stamp)) seen.set(stamp, { said: start + parseInt(stamp, 36) / 1000 });
    return seen.get(stamp);
  };
  window.WebSocket = class extends WebSocket {
    constructor(...args) {
      super(...args);
      this.addEventListener("message", ({ data }) => {
        const event = JSON.parse(data);
        if (event.type === "turn_ended") window.ended = true;
        if (event.type !== "delta") return;
        for (const stamp of stamps(event.text)) Object.assign(note(stamp), { heard: now(), frame });
      });
    }
  };
  // What changed within a frame's callbacks is painted in that frame, everything else in the next one.
  const painted = new MessageChannel();
  painted.port1.onmessage = ({ data }) => {
    inFrame = false;
    const time = now();
    for (const word of fresh.filter(({ due }) => due <= data)) Object.assign(word, { painted: time, paintedIn: data });
    fresh = fresh.filter(({ due }) => due > data);
  };
  const tick = () => {
    frame += 1;
    inFrame = true;
    requestAnimationFrame(tick);
    // A message's task runs after the frame it was sent from has been painted.
    painted.port2.postMessage(frame);
  };
  requestAnimationFrame(tick);
  new MutationObserver(() => {
    const running = document.querySelector("article[aria-busy]");
    for (const stamp of stamps(running?.textContent ?? "").slice(-20)) {
      const word = seen.get(stamp);
      if (!word || word.due) continue;
      word.due = inFrame ? frame : frame + 1;
      fresh.push(word);
    }
  }).observe(document, { subtree: true, childList: true, characterData: true });
  window.words = () => [...seen.values()].filter(({ painted }) => painted);
}

const percentile = (values, share) => values.toSorted((a, b) => a - b)[Math.floor(values.length * share)];

const browser = await chromium.launch({
  executablePath,
  args: process.getuid?.() === 0 ? ["--no-sandbox"] : [],
});
try {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  await context.addCookies(
    cookies.map((cookie) => {
      const [name, ...value] = cookie.split("=");
      // The page itself reads the one that says that there is a login.
      return { name, value: value.join("="), url: name === "chatlab_login" ? url : `${url}/api/auth` };
    }),
  );
  const page = await context.newPage();
  await page.addInitScript(watch, Number(epoch));
  await page.goto(`${url}/discussions/${discussion}`);
  const transcript = page.getByRole("log", { name: "Transcript" });
  await transcript.locator("article").nth(turns - 1).waitFor({ state: "attached", timeout: 30_000 });
  await page.waitForTimeout(1000);
  await page.getByRole("button", { name: "Next Response", exact: true }).click();
  await page.waitForFunction(() => window.ended, null, { timeout: 60_000, polling: 500 });
  const seen = await page.evaluate(() => window.words());
  // The last words may be settled with the turn's end before the observer looks for them.
  if (seen.length < words * 0.95) throw new Error(`only ${seen.length} of ${words} words were seen on the page`);
  const shown = seen.map(({ said, painted }) => painted - said);
  const heard = seen.map(({ said, heard }) => heard - said);
  const late = seen.filter(({ frame, paintedIn }) => paintedIn > frame + 1).length;
  console.log(
    JSON.stringify({
      p50: percentile(shown, 0.5),
      p95: percentile(shown, 0.95),
      socket_p50: percentile(heard, 0.5),
      socket_p95: percentile(heard, 0.95),
      late: (late / seen.length) * 100,
    }),
  );
} finally {
  await browser.close();
}
