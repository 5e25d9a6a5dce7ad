// A lesson: the host, the stage on the wall, and three phones: one in a network without WebSockets, one that sleeps, and one
// that comes late.
import type { Browser, Page } from "@playwright/test";
import {
  accessible,
  expect,
  finished,
  open,
  next,
  speak,
  test,
  transcript,
  turnsSpoken,
  words,
} from "./support";

const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
const WALL = { viewport: { width: 1920, height: 1080 } };

/** Sleep as a phone does it: the page is hidden, its socket dies, its network is gone. */
const SLEEPER = `
  const open = [];
  window.WebSocket = class extends WebSocket { constructor(...all) { super(...all); if (this.url.includes("/live?")) open.push(this); } };
  let state = "visible";
  Object.defineProperty(document, "visibilityState", { get: () => state });
  const become = (now) => { state = now; document.dispatchEvent(new Event("visibilitychange")); };
  window.fallAsleep = () => { become("hidden"); open.splice(0).forEach((socket) => socket.close()); };
  window.wakeUp = () => become("visible");
`;

const NO_SOCKETS = "window.WebSocket = class { constructor() { throw new Error('forbidden here'); } }";

async function share(host: Page): Promise<string> {
  await open(host, "Who decides what a child learns?");
  await host.getByRole("button", { name: "Share", exact: true }).click();
  const dialog = host.getByRole("dialog", { name: "Share" });
  await expect(dialog.getByRole("img", { name: /^QR code/ })).toBeVisible();
  const code = await dialog.getByLabel(/^Code /).innerText();
  await host.keyboard.press("Escape");
  return code;
}

async function watcher(browser: Browser, code: string, script?: string): Promise<Page> {
  const phone = await (await browser.newContext(PHONE)).newPage();
  if (script) await phone.addInitScript(script);
  await phone.goto(`/watch/${code}`);
  await expect(transcript(phone)).toBeVisible();
  return phone;
}

async function sameWords(host: Page, phone: Page): Promise<void> {
  await expect.poll(() => words(phone), { timeout: 15_000 }).toEqual(await words(host));
}

test.beforeEach(({ browser }, { project }) => {
  test.skip(project.name !== "desktop", "brings its own screens");
  test.setTimeout(120_000);
  expect(browser.isConnected()).toBe(true);
});

test("everyone in the room has the same text, however they came by it", async ({ page: host, browser }) => {
  const code = await share(host);
  const stage = await (await browser.newContext(WALL)).newPage();
  await stage.goto(`/watch/${code}?view=stage`);
  await expect(stage.getByText("Watch on your phone")).toBeVisible();
  await accessible(stage);

  const streaming = await watcher(browser, code, NO_SOCKETS);
  const sleeping = await watcher(browser, code, SLEEPER);
  await expect(stage.getByText("Watch on your phone")).toBeHidden();
  await speak(host, 1);
  await sameWords(host, streaming);
  await sameWords(host, sleeping);

  await sleeping.context().setOffline(true);
  await sleeping.evaluate("fallAsleep()");
  await speak(host, 2);
  await speak(host, 3);
  expect(await transcript(sleeping).getByRole("article").count()).toBe(1);
  await sleeping.context().setOffline(false);
  await sleeping.evaluate("wakeUp()");
  await sameWords(host, sleeping);
  await expect(sleeping.getByText("You missed 2 turns.")).toBeVisible();

  const late = await watcher(browser, code);
  await late.getByRole("button", { name: "What was said" }).click();
  const missed = late.getByRole("dialog", { name: "You missed 3 turns" });
  await expect(missed.getByRole("listitem")).toHaveCount(3);
  await accessible(late);
  await missed.getByRole("button").nth(1).click();
  await expect(transcript(late).locator("article:focus")).toBeVisible();
  await sameWords(host, late);
  await sameWords(host, streaming);
  expect(await late.context().cookies()).toEqual([]);
  await accessible(late);
  await accessible(stage);

  await host.getByRole("button", { name: "Share", exact: true }).click();
  await host.getByRole("button", { name: "Stop sharing" }).click();
  for (const screen of [streaming, sleeping, late, stage])
    await expect(screen.getByText(/The host has ended the share/)).toBeVisible({ timeout: 20_000 });
});

test("the class asks, votes and predicts; the host lets one of them answer", async ({
  page: host,
  browser,
}) => {
  const code = await share(host);
  const one = await watcher(browser, code);
  const other = await watcher(browser, code, NO_SOCKETS);
  // Before anything is said there is nothing to agree with.
  const prediction = one.getByRole("group", { name: /^What will .+ do\?$/ });
  await expect(one.getByRole("button", { name: /^Ask/ })).toBeVisible();
  await expect(prediction).toBeHidden();
  await one.getByRole("button", { name: /^Ask/ }).click();
  await one.getByLabel("Your question").fill("And who asks the child?");
  await one.getByRole("button", { name: "Send" }).click();
  await expect(one.getByText("It is with the host now.")).toBeVisible();
  await accessible(one);
  await one.keyboard.press("Escape");

  await host.getByText(/^Class: 2 watching · 1 question waits/).click();
  await accessible(host);
  await host.getByRole("button", { name: "Approve" }).click();
  await other.getByRole("button", { name: /^Ask/ }).click();
  await other.getByRole("button", { name: "Vote for: And who asks the child?" }).click();
  await other.keyboard.press("Escape");
  await expect(host.getByText("2 votes")).toBeVisible();

  await host.getByRole("button", { name: /^Ask / }).last().click();
  await expect(transcript(one).getByText("And who asks the child?")).toBeVisible();
  await prediction.getByRole("button", { name: "Object", exact: true }).click();
  await other.getByRole("button", { name: "Agree", exact: true }).click();
  await expect(host.getByText(/2 predicted/)).toBeVisible();
  await speak(host, 2);
  await expect(one.getByText("The class expected: 1 to agree, 1 to object.")).toBeVisible();
});

test("the stage obeys its own keys and the host", async ({ page: host, browser }) => {
  const code = await share(host);
  const stage = await (await browser.newContext(WALL)).newPage();
  await stage.goto(`/watch/${code}?view=stage`);
  const question = stage.getByRole("heading", { name: "Who decides what a child learns?" });
  await expect(question).toBeVisible();
  const size = () => stage.locator("main").evaluate((main) => parseFloat(getComputedStyle(main).fontSize));
  const before = await size();
  expect(before).toBeGreaterThanOrEqual(40);
  await stage.keyboard.press("+");
  await expect.poll(size).toBeGreaterThan(before);
  await stage.keyboard.press("b");
  await expect(question).toBeHidden();
  await stage.keyboard.press("b");
  await expect(question).toBeVisible();
  await stage.keyboard.press("p");
  await expect(stage.getByText("Paused")).toBeVisible();
  expect(await stage.getByRole("button").count()).toBe(0);

  await host.getByText(/^Class: /).click();
  await host.getByLabel("Blank").click();
  await expect(question).toBeHidden();
  await host.getByLabel("Blank").click();
  await expect(question).toBeVisible();
});

test.describe("in mid-turn", () => {
  test.use({ pace: "slow" });

  test("who comes in the middle of a word has the whole text, and so has a host without WebSockets", async ({
    page: host,
    browser,
  }) => {
    await host.addInitScript(NO_SOCKETS);
    const code = await share(host);
    await next(host).click();
    await expect(transcript(host).locator("article p")).toHaveText(/\w+ \w+/);
    const late = await watcher(browser, code);
    await expect(transcript(late).locator("article p")).toHaveText(/\w+ \w+/);
    expect(await finished(late).count()).toBe(0);
    await turnsSpoken(host, 1);
    await turnsSpoken(late, 1);
    await sameWords(host, late);
  });
});

test("a code that opens nothing says so and asks for another", async ({ page }) => {
  await page.goto("/watch/ZZZZZZ");
  await expect(page.getByRole("heading", { name: "This code opens nothing" })).toBeVisible();
  await expect(page.getByLabel("The code on the wall")).toBeVisible();
  await accessible(page);
});
