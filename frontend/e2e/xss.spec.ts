// What people and models write is text, everywhere: no script runs and no request leaves, on every page and in every file that
// one takes away.
import {
  expect,
  test,
  type APIRequestContext,
  type Browser,
  type BrowserContext,
  type Page,
} from "@playwright/test";
import { marked } from "marked";
import { guard, linksAreHarmless, type Guard } from "./xss/guard";
import { FORMULAS, PAYLOADS, batches } from "./xss/payloads";
import { startPlace, TURN_COUNT, type Place } from "./xss/place";

/** Stands in every topic, so that a search finds them all. */
const WORD = "nightingale";

let place: Place | undefined;
let url: string;
let context: BrowserContext;
let watching: Guard;
let api: Api;
let talk: string;
let code: string;

/** Calls the API as the page's own user. */
class Api {
  readonly #request: APIRequestContext;
  readonly #token: string;

  private constructor(request: APIRequestContext, token: string) {
    this.#request = request;
    this.#token = token;
  }

  static async guest(request: APIRequestContext): Promise<Api> {
    const answer = await request.post(`${url}/api/auth/guest`, { data: {} });
    return new Api(request, ((await answer.json()) as { access_token: string }).access_token);
  }

  async send<T>(method: string, path: string, data?: unknown): Promise<T> {
    const headers = { Authorization: `Bearer ${this.#token}` };
    const answer = await this.#request.fetch(url + path, {
      method,
      headers,
      ...(data !== undefined && { data }),
    });
    expect(answer.ok(), `${method} ${path}: ${await answer.text()}`).toBe(true);
    return (await answer.json()) as T;
  }

  async file(path: string): Promise<{ type: string; disposition: string; sniff: string; bytes: Buffer }> {
    const answer = await this.#request.get(url + path, {
      headers: { Authorization: `Bearer ${this.#token}` },
    });
    expect(answer.status(), path).toBe(200);
    const {
      "content-type": type = "",
      "content-disposition": disposition = "",
      "x-content-type-options": sniff = "",
    } = answer.headers();
    return { type, disposition, sniff, bytes: await answer.body() };
  }
}

const fits = (max: number) => (text: string) => text.length <= max;

/** One for each payload that fits a name; the other fields have the same one, as far as it fits. */
async function makeCharacters(): Promise<string[]> {
  const short = (text: string, max: number) => (fits(max)(text) ? text : "x");
  const made = PAYLOADS.filter(fits(80)).map((text) =>
    api.send<{ id: string }>("POST", "/api/characters", {
      name: text,
      tagline: text,
      bio: text,
      voice: text,
      born: short(text, 40),
      key_ideas: [text, `${text}: ${text}`],
      works: [{ title: text, year: short(text, 40) }],
      dissent: [text],
    }),
  );
  const lines = batches(190, " ");
  await api.send("POST", "/api/characters", {
    name: "Everything",
    key_ideas: lines.slice(0, 12),
    works: lines.slice(12, 24).map((title) => ({ title })),
    dissent: lines.slice(24, 36),
  });
  return (await Promise.all(made)).map(({ id }) => id);
}

/** A discussion for each payload, and one in which everything is said. */
async function makeDiscussions(cast: string[]): Promise<string> {
  const six = (from: number) => Array.from({ length: 6 }, (_, index) => cast[(from + index) % cast.length]);
  await Promise.all(
    PAYLOADS.map(async (text, index) => {
      const body = { topic: `${text}\n${WORD}`, character_ids: six(index) };
      const { id } = await api.send<{ id: string }>("POST", "/api/discussions", body);
      if (fits(190)(text)) await api.send("PATCH", `/api/discussions/${id}`, { title: text });
    }),
  );
  const [topic = ""] = batches(900, "\n");
  const cast_ = [...six(4).slice(0, 5), "maria-montessori"];
  const { id } = await api.send<{ id: string }>("POST", "/api/discussions", {
    topic: `${topic}\n${WORD}`,
    character_ids: cast_,
  });
  return id;
}

async function speak(id: string): Promise<void> {
  const say = (text: string, index: number) =>
    api.send("POST", `/api/discussions/${id}/commands`, { type: "say", id: `say-${String(index)}`, text });
  for (let turn = 0; turn < TURN_COUNT; turn += 1) await api.send("POST", `/api/discussions/${id}/turns`, {});
  await Promise.all(PAYLOADS.map(say));
  await api.send("POST", `/api/discussions/${id}/summary`);
}

/** The class asks all of it; the host lets half of it be voted on, and one character answers. */
async function ask(id: string, request: APIRequestContext): Promise<string> {
  const { code } = await api.send<{ code: string }>("POST", `/api/discussions/${id}/share`, {});
  const asked = await Promise.all(
    PAYLOADS.filter(fits(300)).map(async (text, index) => {
      const data = { type: "ask", id: "ask", text, key: `phone-number-${String(index)}-of-many` };
      const answer = await request.post(`${url}/api/watch/${code}/commands`, { data });
      return (await answer.json()) as { question?: string };
    }),
  );
  const questions = asked.flatMap(({ question }) => question ?? []);
  expect(questions.length).toBeGreaterThan(80);
  const command = (type: string, question: string) =>
    api.send("POST", `/api/discussions/${id}/commands`, { type, id: `${type}-${question}`, question });
  await Promise.all(questions.slice(0, 50).map((question) => command("approve", question)));
  return code;
}

// One place for all of them: it takes a while to fill.
test.describe.configure({ mode: "default" });

test.beforeAll(async ({ browser }, { project }) => {
  test.skip(project.name !== "desktop", "once is enough");
  test.setTimeout(60_000);
  expect(PAYLOADS.length).toBeGreaterThan(100);
  place = await startPlace();
  ({ url } = place);
  context = await browser.newContext({ baseURL: url, viewport: { width: 1280, height: 800 } });
  watching = await guard(context, [url]);
  api = await Api.guest(context.request);
  await api.send("PATCH", "/api/me", { name: '"><img src=x onerror=xss(-2)>' });
  talk = await makeDiscussions(await makeCharacters());
  await speak(talk);
  code = await ask(talk, context.request);
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
  await expect(settings.getByRole("heading", { level: 1 })).toBeVisible();
  await leave(settings);
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
  await expect(transcript.getByRole("article")).toHaveCount(PAYLOADS.length + TURN_COUNT);
  // The whole reader of Markdown has come when the first link is one.
  await expect(transcript.locator("a[href^=http]").first()).toBeAttached();
  expect(await linksAreHarmless(page)).toBeGreaterThan(2);
  watching.clean("the transcript");

  await page.getByRole("button", { name: "Summary" }).click();
  await expect(page.getByRole("heading", { name: "Still open" })).toBeAttached();
  await page.keyboard.press("Escape");
  for (const name of ["Share", "Export"]) {
    await page.getByRole("button", { name, exact: true }).click();
    await expect(page.getByRole("dialog", { name })).toBeVisible();
    await page.keyboard.press("Escape");
  }
  await page.getByText(/^Class: /).click();
  await expect(
    page.getByRole("list", { name: "Questions of the class" }).getByRole("listitem").nth(70),
  ).toBeAttached();
  await page.getByRole("button", { name: "Next Response", exact: true }).click();
  await expect(transcript.locator("article:not([aria-busy])")).toHaveCount(PAYLOADS.length + TURN_COUNT + 1);
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
