// What people and models write is text, everywhere: no script runs and no request leaves, on every page (and, in
// files.xss.spec.ts, from every file that comes and in every file that goes).
import { readFileSync } from "node:fs";
import { expect, test } from "@playwright/test";
import { Api } from "./xss/api";
import { REASONS, WORD, fillPages, fillResearch, type FilledPages } from "./xss/filling";
import { shows } from "./xss/guard";
import { FORMULAS, NAMES, PAYLOADS } from "./xss/payloads";
import { RECAP, TURN_COUNT } from "./xss/place";
import { cellsOf, fromDisk, isFormula } from "./xss/takeaway";
import { Visitor } from "./xss/visitor";

/** A line of what is taken away for research. */
interface Researched {
  user: string;
  text?: string;
  data?: { words?: string } | null;
}

let visitor: Visitor;
let filled: FilledPages;

// One place for all of them: it takes a while to fill.
test.describe.configure({ mode: "default" });

test.beforeAll(async ({ browser }) => {
  test.setTimeout(60_000);
  expect(PAYLOADS.length).toBeGreaterThan(100);
  visitor = await Visitor.arrive(browser);
  filled = await fillPages(visitor.api);
});

test.afterAll(() => visitor.depart());

test("on the pages where one chooses", async () => {
  const characters = await visitor.open("/characters");
  await expect(characters.getByText(PAYLOADS[0] ?? "", { exact: true }).first()).toBeVisible();
  for (const index of [0, 5, 20]) {
    const name = NAMES[index] ?? "";
    await characters.locator("button", { hasText: name }).first().click();
    await expect(characters.getByRole("dialog")).toContainText(name);
    await characters.keyboard.press("Escape");
  }
  await visitor.leave(characters);

  const choose = await visitor.open("/");
  await choose.getByRole("textbox", { name: "Topic" }).fill(PAYLOADS.slice(0, 12).join("\n"));
  await choose
    .locator("[role=checkbox]", { hasText: PAYLOADS[5] ?? "" })
    .first()
    .click();
  await choose.getByRole("button", { name: "Likely perspectives" }).click();
  const likely = choose.getByRole("region", { name: "Likely perspectives" });
  await expect(likely).toContainText("xss(");
  await expect(likely).not.toHaveAttribute("aria-busy", "true");
  await visitor.leave(choose);

  const settings = await visitor.open("/settings");
  await expect(settings.getByRole("heading", { level: 1 })).toBeVisible();
  await visitor.leave(settings);
});

test("in the history, its search and its dialogs", async () => {
  const page = await visitor.open("/history");
  const rows = page.getByRole("main").getByRole("heading", { level: 2 });
  await expect(rows.nth(20)).toBeVisible();
  for (const asking of [/^Rename/, /^Delete/, /^Same cast/]) {
    await page.getByRole("button", { name: asking }).nth(3).click();
    await expect(page.getByRole("dialog")).toBeVisible();
    await page.keyboard.press("Escape");
  }
  // It fetches more by itself when one comes near the end.
  for (const place of [45, 75, 100]) {
    await rows.last().scrollIntoViewIfNeeded();
    await expect(rows.nth(place)).toBeAttached();
  }
  await page.getByRole("searchbox", { name: "Search discussions" }).fill(`${WORD} onerror`);
  await expect(page.locator("mark").first()).toBeVisible();
  await visitor.leave(page);
});

test("in the discussion and its dialogs", async () => {
  const page = await visitor.open(`/discussions/${filled.talk}`);
  const transcript = page.getByRole("log", { name: "Transcript" });
  await expect(transcript.getByRole("article")).toHaveCount(PAYLOADS.length + TURN_COUNT);
  // The whole reader of Markdown has come when the first link is one.
  await expect(transcript.locator("a[href^=http]").first()).toBeAttached();
  expect(await visitor.look(page)).toBeGreaterThan(2);

  await page.getByRole("button", { name: "Summary" }).click();
  await page.getByRole("combobox", { name: "Version" }).selectOption("1");
  await shows(page.getByRole("dialog"), PAYLOADS);
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
  await visitor.leave(page);
});

test("in what was edited, struck, remembered and copied", async () => {
  const page = await visitor.open(`/discussions/${filled.talk}`);
  // What this browser has kept of it is shown first.
  await expect.poll(() => page.getByRole("article").count()).toBeGreaterThan(PAYLOADS.length);
  const edited = page.getByRole("article").nth(TURN_COUNT);
  await edited.getByRole("button", { name: /details$/ }).click();
  await edited.getByRole("button", { name: "Versions" }).click();
  await expect(page.getByRole("list", { name: "Versions" }).locator("> li")).toHaveCount(REASONS.length + 2);
  await visitor.looksInto(page, /^Versions/, PAYLOADS);

  const recap = page.getByRole("button", { name: "Read it" });
  await recap.hover();
  // What has come into view takes its real height, and the button its place: a press ends where it began.
  await page.evaluate(
    () => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))),
  );
  await recap.click();
  await visitor.looksInto(page, /as the characters remember it/, RECAP.split("\n"));

  await page.locator("summary", { hasText: "Direct" }).click();
  await page.getByRole("button", { name: `${String(REASONS.length)} struck messages` }).click();
  const hidden = page.getByRole("dialog").getByRole("button", { name: "Show the words" });
  await hidden.evaluateAll((buttons) => {
    for (const button of buttons) (button as HTMLButtonElement).click();
  });
  await visitor.looksInto(page, "Struck messages", PAYLOADS);
  await visitor.leave(page);

  const fork = await visitor.open(`/discussions/${filled.fork}`);
  await expect(fork.getByRole("article")).toHaveCount(TURN_COUNT + 1);
  await expect(fork.getByText("Forked from").getByRole("link")).toContainText("xss(");
  await visitor.leave(fork);
});

test("on phones and on the wall", async () => {
  const phone = await visitor.open(`/watch/${filled.code}`);
  const transcript = phone.getByRole("log", { name: "Transcript" });
  await expect(transcript.locator("a[href^=http]").first()).toBeAttached();
  await phone.getByRole("button", { name: /^Ask/ }).click();
  await expect(phone.getByRole("button", { name: /^Vote for/ }).nth(30)).toBeAttached();
  await phone.keyboard.press("Escape");

  const wall = await visitor.open(`/watch/${filled.code}?view=stage`);
  await expect(wall.getByRole("heading", { level: 1 })).toContainText(WORD);
  for (const show of ["code", "questions", "discussion"]) {
    await visitor.api.send("POST", `/api/discussions/${filled.talk}/commands`, {
      type: "stage",
      id: `stage-${show}`,
      show,
    });
    await expect(wall.getByText(/xss\(/).first()).toBeVisible();
  }
  for (let turn = 0; turn < TURN_COUNT; turn += 1)
    await visitor.api.send("POST", `/api/discussions/${filled.talk}/turns`, {});
  await expect(wall.getByRole("main")).toContainText("xss(");
  await visitor.leave(wall);
  await visitor.leave(phone);
});

test("in what an admin sees and takes away", async ({ browser }) => {
  const others = await browser.newContext();
  await fillResearch(() => Api.guest(others.request, visitor.api.url));
  await others.close();
  await visitor.becomesAdmin();
  const page = await visitor.open("/admin");
  await expect(page.getByText("Live connections")).toBeVisible();

  const taken = page.getByRole("list", { name: "Downloads so far" }).getByRole("listitem");
  const take = async (file: string) => {
    const count = await taken.count();
    const coming = page.waitForEvent("download");
    await page.getByRole("button", { name: file, exact: true }).click();
    const saved = await coming;
    await expect(taken).toHaveCount(count + 1);
    const content = readFileSync(await saved.path(), "utf8");
    await fromDisk(browser, saved.suggestedFilename(), content);
    return content;
  };
  for (const what of ["Transcripts", "Activity"]) {
    const lines = (await take(`${what} as JSON lines`)).trimEnd().split("\n");
    const written = lines.map((line) => JSON.parse(line) as Researched);
    const cells = cellsOf(await take(`${what} as CSV`));
    expect(cells.filter(isFormula)).toEqual([]);
    const quoted = FORMULAS.map((formula) => (isFormula(formula) ? `'${formula}` : formula));
    expect(quoted.filter((formula) => !cells.includes(formula))).toEqual([]);
    const users = new Set(written.map(({ user }) => user));
    expect(FORMULAS.filter((formula) => !users.has(formula))).toEqual([]);
    const texts = new Set(written.map(({ text, data }) => (text ?? data?.words)?.trim()));
    expect(PAYLOADS.filter((payload) => !texts.has(payload.trim()))).toEqual([]);
  }
  await visitor.leave(page);
});

// The last one: it goes where the others must not.
test("behind the links that are left", async () => {
  const page = await visitor.open(`/discussions/${filled.talk}`);
  const evil = /evil\.invalid/;
  const links = page.getByRole("log", { name: "Transcript" }).locator('a[href*="evil.invalid"]');
  await expect(links.first()).toBeAttached();
  const visited: string[] = [];
  await visitor.context.route(evil, (route) => {
    visited.push(route.request().url());
    return route.fulfill({ contentType: "text/html", body: "<p>elsewhere</p>" });
  });
  const opened = visitor.context.waitForEvent("page");
  await links.first().evaluate((link) => {
    (link as HTMLAnchorElement).click();
  });
  const elsewhere = await opened;
  await expect(elsewhere.getByText("elsewhere")).toBeVisible();
  expect(await elsewhere.evaluate(() => [window.opener, document.referrer])).toEqual([null, ""]);
  expect(visited).toHaveLength(1);
  await visitor.context.unroute(evil);
});
