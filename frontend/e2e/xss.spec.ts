// What people and models write is text, everywhere: no script runs and no request leaves, on every page and in every file that
// one takes away.
import { expect, test, type Browser, type BrowserContext, type Page } from "@playwright/test";
import { marked } from "marked";
import { cardJson, cardPicture, lesson } from "./xss/files";
import { Api, WORD, ask, makeCharacters, makeDiscussions, speak } from "./xss/filling";
import { guard, linksAreHarmless, type Guard } from "./xss/guard";
import { FORMULAS, PAYLOADS, fits } from "./xss/payloads";
import { startPlace, TURN_COUNT, type Place } from "./xss/place";

let place: Place | undefined;
let url: string;
let context: BrowserContext;
let watching: Guard;
let api: Api;
let talk: string;
let code: string;

test.beforeAll(async ({ browser }, { project }) => {
  test.skip(project.name !== "desktop", "once is enough");
  test.setTimeout(60_000);
  expect(PAYLOADS.length).toBeGreaterThan(100);
  place = await startPlace();
  ({ url } = place);
  context = await browser.newContext({ baseURL: url, viewport: { width: 1280, height: 800 } });
  watching = await guard(context, [url]);
  api = await Api.guest(url, context.request);
  await api.send("PATCH", "/api/me", { name: '"><img src=x onerror=xss(-2)>' });
  await api.send("POST", "/api/me/tokens", { name: "<svg onload=xss(-2)>" });
  talk = await makeDiscussions(api, await makeCharacters(api));
  await speak(api, talk);
  code = await ask(api, talk);
});

test.afterAll(async () => {
  if (place === undefined) return;
  await context.close();
  await place.stop();
});

async function open(path: string): Promise<Page> {
  const page = await context.newPage();
  await page.goto(path);
  return page;
}

/** Looks at the page as it stands, and leaves it. */
async function leave(page: Page): Promise<void> {
  await linksAreHarmless(page);
  watching.clean(page.url());
  await page.close();
}

test("on the pages where one chooses", async () => {
  const characters = await open("/characters");
  await expect(characters.getByText(PAYLOADS[0] ?? "", { exact: true }).first()).toBeVisible();
  for (const index of [0, 5, 20]) {
    const name = PAYLOADS.filter(fits(80))[index] ?? "";
    await characters.getByRole("button", { name }).first().click();
    await expect(characters.getByRole("dialog")).toContainText(name);
    await characters.keyboard.press("Escape");
  }
  await leave(characters);

  const choose = await open("/");
  await choose.getByRole("textbox", { name: "Topic" }).fill(PAYLOADS.slice(0, 12).join("\n"));
  await choose
    .getByRole("checkbox", { name: PAYLOADS[5] ?? "" })
    .first()
    .click();
  await choose.getByRole("button", { name: "Likely perspectives" }).click();
  const likely = choose.getByRole("region", { name: "Likely perspectives" });
  await expect(likely).toContainText("xss(");
  await expect(likely).not.toHaveAttribute("aria-busy", "true");
  await leave(choose);

  const settings = await open("/settings");
  await expect(settings.getByText("<svg onload=xss(-2)>")).toBeVisible();
  await leave(settings);
});

test("in the files that one is sent", async () => {
  const page = await open("/characters");
  const dialog = page.getByRole("dialog");
  await page.getByRole("button", { name: "Bring along" }).click();
  const text = PAYLOADS[5] ?? "";
  const files = [
    { name: `${text}.json`, mimeType: "application/json", buffer: Buffer.from(cardJson(`${text} JSON`)) },
    { name: `${text}.png`, mimeType: "image/png", buffer: cardPicture(`${text} PNG`) },
    { name: `${text}.json`, mimeType: "application/json", buffer: Buffer.from(`{"name": "${text}"`) },
  ];
  await dialog.locator("input[type=file]").setInputFiles(files);
  await expect(dialog).toContainText("2 have come:");
  await expect(dialog.getByRole("alert")).toContainText(`${text}.json: `);
  for (const maker of await dialog.getByText("What its maker says").all()) await maker.click();
  await expect(dialog).toContainText(PAYLOADS.at(-1)?.split("\n")[0] ?? "");
  // The same once more: its name is in the question.
  await dialog.locator("input[type=file]").setInputFiles(files.slice(0, 1));
  await expect(dialog.getByRole("group", { name: "The same name" })).toContainText(text);
  await leave(page);

  const shelf = await open("/");
  await shelf.getByRole("button", { name: "Open a file" }).click();
  const buffer = Buffer.from(lesson(WORD));
  await shelf
    .locator("dialog input[type=file]")
    .setInputFiles({ name: "x.toml", mimeType: "text/plain", buffer });
  await expect(shelf.getByRole("button", { name: "Start this lesson" })).toBeVisible();
  await expect(shelf.getByRole("dialog")).toContainText(PAYLOADS.at(-1)?.split("\n")[0] ?? "");
  await leave(shelf);
});

test("in the history, its search and its dialogs", async () => {
  const page = await open("/history");
  const rows = page.getByRole("main").getByRole("heading", { level: 2 });
  await expect(rows.nth(20)).toBeVisible();
  // It fetches more by itself when one comes near the end.
  for (const place of [45, 75, 100]) {
    await rows.last().scrollIntoViewIfNeeded();
    await expect(rows.nth(place)).toBeAttached();
  }
  await page
    .getByRole("button", { name: /^Rename/ })
    .nth(3)
    .click();
  await expect(page.getByRole("dialog")).toBeVisible();
  await page.keyboard.press("Escape");
  await page
    .getByRole("button", { name: /^Delete/ })
    .nth(3)
    .click();
  await expect(page.getByRole("dialog")).toBeVisible();
  await page.keyboard.press("Escape");
  await page.getByRole("searchbox", { name: "Search discussions" }).fill(`${WORD} onerror`);
  await expect(page.locator("mark").first()).toBeVisible();
  await leave(page);
});

test("in the discussion and its dialogs", async () => {
  const page = await open(`/discussions/${talk}`);
  const transcript = page.getByRole("log", { name: "Transcript" });
  await expect(transcript.getByRole("article")).toHaveCount(PAYLOADS.length + TURN_COUNT - 1);
  // The whole reader of Markdown has come when the first link is one.
  await expect(transcript.locator("a[href^=http]").first()).toBeAttached();
  expect(await linksAreHarmless(page)).toBeGreaterThan(2);
  watching.clean("the transcript");

  await page.getByRole("button", { name: "Summary" }).click();
  await expect(page.getByRole("heading", { name: "Still open" })).toBeAttached();
  await page.keyboard.press("Escape");
  for (const name of ["Plan", "Share", "Export"]) {
    await page.getByRole("button", { name, exact: true }).click();
    await expect(page.getByRole("dialog", { name })).toBeVisible();
    await page.keyboard.press("Escape");
  }
  await page.getByText(/^Class: /).click();
  await expect(
    page.getByRole("list", { name: "Questions of the class" }).getByRole("listitem").nth(70),
  ).toBeAttached();
  await page.getByRole("button", { name: "Next Response", exact: true }).click();
  await expect(transcript.locator("article:not([aria-busy])")).toHaveCount(PAYLOADS.length + TURN_COUNT);
  // The model's own words of what was before, and what was taken away.
  await page.getByRole("button", { name: "Read it" }).click();
  await expect(page.getByRole("dialog")).toContainText("xss(");
  await leave(page);
});

test("on phones and on the wall", async () => {
  const phone = await open(`/watch/${code}`);
  const transcript = phone.getByRole("log", { name: "Transcript" });
  await expect(transcript.locator("a[href^=http]").first()).toBeAttached();
  await phone.getByRole("button", { name: /^Ask/ }).click();
  await expect(phone.getByRole("button", { name: /^Vote for/ }).nth(30)).toBeAttached();
  await phone.keyboard.press("Escape");

  const wall = await open(`/watch/${code}?view=stage`);
  await expect(wall.getByRole("heading", { level: 1 })).toContainText(WORD);
  for (const show of ["code", "questions", "discussion"]) {
    await api.send("POST", `/api/discussions/${talk}/commands`, { type: "stage", id: `stage-${show}`, show });
    await expect(wall.getByText(/xss\(/).first()).toBeVisible();
  }
  for (let turn = 0; turn < TURN_COUNT; turn += 1)
    await api.send("POST", `/api/discussions/${talk}/turns`, {});
  await expect(wall.getByRole("main")).toContainText("xss(");
  await leave(wall);
  await leave(phone);
});

test("in addresses that somebody was sent", async () => {
  const page = await context.newPage();
  for (const payload of [
    '"><img src=x onerror=xss(-3)>',
    "javascript:xss(-3)",
    "<script>xss(-3)</script>",
    "${xss(-3)}",
  ]) {
    const sent = encodeURIComponent(payload);
    for (const path of [
      `/${sent}`,
      `/discussions/${sent}`,
      `/watch/${sent}`,
      `/history?q=${sent}`,
      `/sign-in?problem=${sent}`,
    ]) {
      await page.goto(path);
      await expect(page.locator("main, [role=main], h1").first()).toBeAttached();
    }
    for (const path of ["/start", "/confirm", "/reset", "/invitation"]) {
      await page.goto(`${path}#${payload}`);
      await expect(page.locator("main, [role=main], h1").first()).toBeAttached();
    }
  }
  await leave(page);
});

test("behind the links that are left", async () => {
  const page = await open(`/discussions/${talk}`);
  const evil = /evil\.invalid/;
  const links = page.getByRole("log", { name: "Transcript" }).locator('a[href*="evil.invalid"]');
  await expect(links.first()).toBeAttached();
  const visited: string[] = [];
  await context.route(evil, (route) => {
    visited.push(route.request().url());
    return route.fulfill({ contentType: "text/html", body: "<p>elsewhere</p>" });
  });
  const opened = context.waitForEvent("page");
  await links.first().evaluate((link) => {
    (link as HTMLAnchorElement).click();
  });
  const elsewhere = await opened;
  await expect(elsewhere.getByText("elsewhere")).toBeVisible();
  expect(await elsewhere.evaluate(() => [window.opener, document.referrer])).toEqual([null, ""]);
  expect(visited).toHaveLength(1);
  await context.unroute(evil);
});

/** A page that shows a file with the network unplugged. */
async function offline(browser: Browser, html: string): Promise<void> {
  const alone = await browser.newContext({ offline: true });
  const quiet = await guard(alone, []);
  const page = await alone.newPage();
  await page.setContent(html, { waitUntil: "load" });
  await linksIn(page);
  quiet.clean(html.slice(0, 80));
  await alone.close();
}

async function linksIn(page: Page): Promise<void> {
  const links = await page
    .locator("[href]")
    .evaluateAll((found) => found.map((one) => (one as HTMLAnchorElement).href));
  for (const href of links) expect(href).toMatch(/^(https?:|about:blank#)/);
}

test("in the files that one takes home", async ({ browser }) => {
  const file = (format: string) => api.file(`/api/discussions/${talk}/export?format=${format}`);
  const types = {
    html: "text/html",
    md: "text/markdown",
    txt: "text/plain",
    csv: "text/csv",
    json: "application/json",
    docx: "application/vnd",
  };
  const texts = new Map<string, string>();
  for (const [format, type] of Object.entries(types)) {
    const { type: told, disposition, sniff, bytes } = await file(format);
    expect(told.startsWith(type), `${format}: ${told}`).toBe(true);
    expect(disposition).toMatch(/^attachment; filename="[\w.-]+"; filename\*=UTF-8''[\w.%-]+$/);
    expect(sniff).toBe("nosniff");
    texts.set(format, bytes.toString("utf8"));
  }
  const text = (format: string) => texts.get(format) ?? "";

  await offline(browser, text("html"));
  // Shown by a program that lets HTML through.
  await offline(browser, await marked.parse(text("md")));

  const rows = cellsOf(text("csv"));
  for (const cell of rows) expect(cell.trimStart()).not.toMatch(/^[=+\-@＝]/);
  for (const formula of FORMULAS.slice(0, 5)) expect(rows).toContain(`'${formula}`);

  const kept = JSON.parse(text("json")) as { messages: { text: string }[] };
  expect(kept.messages.map((message) => message.text)).toContain(PAYLOADS[5]);
  await documentIsWhole(browser, text("docx"));
});

/** The cells of a table, as RFC 4180 has them. */
function cellsOf(csv: string): string[] {
  const quoted = [...csv.matchAll(/"((?:[^"]|"")*)"(?=[,\r]|$)/g)];
  return quoted.map(([, cell = ""]) => cell.replaceAll('""', '"')).filter((cell) => cell !== "");
}

/** Its parts are stored as they are: read as XML, with nothing in them that is not the format's own or points elsewhere. */
async function documentIsWhole(browser: Browser, docx: string): Promise<void> {
  const [document = ""] = /<w:document[^]*<\/w:document>/.exec(docx) ?? [];
  expect(docx).not.toContain("TargetMode");
  expect([...docx.matchAll(/ Target="([^"]*)"/g)].map(([, target]) => target)).toEqual([
    "word/document.xml",
    "styles.xml",
  ]);
  const page = await browser.newPage();
  const names = await page.evaluate((xml) => {
    const parsed = new DOMParser().parseFromString(xml, "application/xml");
    return [...new Set([...parsed.querySelectorAll("*")].map((one) => one.nodeName))];
  }, document);
  await page.close();
  expect(names.filter((name) => !name.startsWith("w:"))).toEqual([]);
  expect(names).not.toContain("w:hyperlink");
}
