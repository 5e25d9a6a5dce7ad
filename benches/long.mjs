// Opens a long discussion in Chromium as its host: how long until it can be read (the median of some visits), how smoothly it scrolls from end to beginning with
// all its messages loaded, and how far the line one reads is moved when older ones are put before it. Called by
// benches/classroom/long.rs with one JSON argument; answers with one JSON line.
import { createRequire } from "node:module";

const require = createRequire(
  new URL("../frontend/package.json", import.meta.url),
);
const { chromium } = require("@playwright/test");

const {
  url,
  discussion,
  cookies,
  chromium: executablePath,
  messages,
} = JSON.parse(process.argv[2]);

/** Scrolls at `speed` pixels a frame until the page does not move any more; the times between frames. */
function scroll(speed) {
  return new Promise((resolve) => {
    const gaps = [];
    let last = performance.now();
    let stuck = 0;
    const step = (now) => {
      gaps.push(now - last);
      last = now;
      const before = window.scrollY;
      window.scrollBy({ top: speed, behavior: "instant" });
      stuck = window.scrollY === before ? stuck + 1 : 0;
      if (stuck > 10 || gaps.length > 3000) resolve(gaps.slice(2));
      else requestAnimationFrame(step);
    };
    requestAnimationFrame(step);
  });
}

/** When the first messages, the newest ones, are on the screen: two frames after they are in the page. */
function noteWhenPainted() {
  new MutationObserver((_changes, observer) => {
    if (document.querySelector("article") === null) return;
    observer.disconnect();
    requestAnimationFrame(() =>
      requestAnimationFrame((now) => {
        window.painted = now;
      }),
    );
  }).observe(document, { childList: true, subtree: true });
}

const percentile = (values, share) =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length * share)];
const rate = (gaps) => ({
  p50: percentile(gaps, 0.5),
  p99: percentile(gaps, 0.99),
  fps: (gaps.length / gaps.reduce((sum, gap) => sum + gap, 0)) * 1000,
  // Later than the next frame of a screen with 60 of them.
  missed: (gaps.filter((gap) => gap > 25).length / gaps.length) * 100,
});

/** Times that it is opened: two shared cores are busy with something else now and then. */
const VISITS = 7;

const browser = await chromium.launch({
  executablePath,
  args: process.getuid?.() === 0 ? ["--no-sandbox"] : [],
});
try {
  let known = cookies.map((cookie) => {
    const [name, ...value] = cookie.split("=");
    // The page itself reads the one that says that there is a login.
    return { name, value: value.join("="), url: name === "chatlab_login" ? url : `${url}/api/auth` };
  });
  // From the address to the last message on the screen, by the page's own clock, which begins with the navigation.
  const open = async (page) => {
    await page.goto(`${url}/discussions/${discussion}`);
    await page.waitForFunction(() => window.painted !== undefined, undefined, { timeout: 30_000 });
    return page.evaluate(() => window.painted);
  };
  const firsts = [];
  const agains = [];
  const wholes = [];
  let page;
  for (let visit = 0; visit < VISITS; visit += 1) {
    await page?.context().close();
    // Nothing of the page is cached in a new one; the browser itself has begun with the first.
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
    await context.addCookies(known);
    await context.addInitScript(noteWhenPainted);
    page = await context.newPage();
    firsts.push(await open(page));
    // The second time with a warm cache, as on any day but the first, and with what the browser has kept of the discussion.
    agains.push(await open(page));
    await page.waitForFunction(() => document.querySelectorAll("article").length >= 200);
    wholes.push(await page.evaluate(() => performance.now()));
    known = await context.cookies();
  }
  const median = (values) => percentile(values, 0.5);
  const [first, opened, completed] = [firsts, agains, wholes].map(median);
  const more = page.getByRole("button", { name: "Earlier messages" });
  let moved = 0;
  while (await more.count()) {
    await page.evaluate(() => window.scrollTo({ top: 0, behavior: "instant" }));
    const top = () =>
      page.evaluate(
        (id) =>
          document.getElementById(id)?.getBoundingClientRect().top ?? null,
        kept,
      );
    const kept = await page.locator("article").first().getAttribute("id");
    const before = await top();
    const shown = await page.locator("article").count();
    await more.click();
    await page.waitForFunction(
      (count) => document.querySelectorAll("article").length > count,
      shown,
    );
    await page.waitForTimeout(300);
    moved = Math.max(moved, Math.abs((await top()) - before));
  }
  const count = await page.locator("article").count();
  if (count < messages)
    throw new Error(`only ${count} of ${messages} messages are on the page`);
  await page.evaluate(() =>
    window.scrollTo({
      top: document.documentElement.scrollHeight,
      behavior: "instant",
    }),
  );
  await page.waitForTimeout(500);
  const up = rate(await page.evaluate(scroll, -120));
  const down = rate(await page.evaluate(scroll, 120));
  console.log(JSON.stringify({ first, firsts, opened, completed, moved, up, down, count }));
} finally {
  await browser.close();
}
