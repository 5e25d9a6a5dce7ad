// What people and models write is text, everywhere: no script runs and no request leaves, on every page and in every file that
// one takes away.
import { expect, test, type BrowserContext, type Locator, type Page } from "@playwright/test";
import { marked } from "marked";
import { Api } from "./xss/api";
import {
  IN_A_PICTURE,
  IN_NOTES,
  OWN,
  STEPS,
  brokenCards,
  brokenLessons,
  goodLesson,
  ownCards,
  packs,
  pictureCard,
} from "./xss/files";
import { REASONS, WORD, fill, fits, type Filled } from "./xss/filling";
import { guard, linksAreHarmless, shows, type Guard } from "./xss/guard";
import { FORMULAS, PAYLOADS } from "./xss/payloads";
import { RECAP, TURN_COUNT, startPlace, type Place } from "./xss/place";
import { cardIn, cellsOf, documentIsWhole, isSaved, namesIn, offline } from "./xss/takeaway";

const NAMES = PAYLOADS.filter(fits(80));

let place: Place | undefined;
let context: BrowserContext;
let watching: Guard;
let api: Api;
let filled: Filled;

// One place for all of them: it takes a while to fill.
test.describe.configure({ mode: "default" });

test.beforeAll(async ({ browser }, { project }) => {
  test.skip(project.name !== "desktop", "once is enough");
  test.setTimeout(60_000);
  expect(PAYLOADS.length).toBeGreaterThan(100);
  place = await startPlace();
  const { url } = place;
  context = await browser.newContext({ baseURL: url, viewport: { width: 1280, height: 800 } });
  watching = await guard(context, [url]);
  api = await Api.guest(context.request, url);
  filled = await fill(api);
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
  const page = await open(`/discussions/${filled.talk}`);
  const transcript = page.getByRole("log", { name: "Transcript" });
  await expect(transcript.getByRole("article")).toHaveCount(PAYLOADS.length + TURN_COUNT);
  // The whole reader of Markdown has come when the first link is one.
  await expect(transcript.locator("a[href^=http]").first()).toBeAttached();
  expect(await linksAreHarmless(page)).toBeGreaterThan(2);
  watching.clean("the transcript");

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
  await leave(page);
});

test("on phones and on the wall", async () => {
  const phone = await open(`/watch/${filled.code}`);
  const transcript = phone.getByRole("log", { name: "Transcript" });
  await expect(transcript.locator("a[href^=http]").first()).toBeAttached();
  await phone.getByRole("button", { name: /^Ask/ }).click();
  await expect(phone.getByRole("button", { name: /^Vote for/ }).nth(30)).toBeAttached();
  await phone.keyboard.press("Escape");

  const wall = await open(`/watch/${filled.code}?view=stage`);
  await expect(wall.getByRole("heading", { level: 1 })).toContainText(WORD);
  for (const show of ["code", "questions", "discussion"]) {
    await api.send("POST", `/api/discussions/${filled.talk}/commands`, {
      type: "stage",
      id: `stage-${show}`,
      show,
    });
    await expect(wall.getByText(/xss\(/).first()).toBeVisible();
  }
  for (let turn = 0; turn < TURN_COUNT; turn += 1)
    await api.send("POST", `/api/discussions/${filled.talk}/turns`, {});
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

/** What is opened is looked at, and closed. */
async function looksInto(page: Page, name: string | RegExp, texts: readonly string[]): Promise<void> {
  const dialog = page.getByRole("dialog", { name });
  await shows(dialog, texts);
  await linksAreHarmless(page);
  await page.keyboard.press("Escape");
  await expect(dialog).toBeHidden();
}

test("in what was edited, struck, remembered and copied", async () => {
  const page = await open(`/discussions/${filled.talk}`);
  const edited = page.getByRole("article").nth(TURN_COUNT);
  await edited.getByRole("button", { name: /details$/ }).click();
  await edited.getByRole("button", { name: "Versions" }).click();
  await expect(page.getByRole("list", { name: "Versions" }).locator("> li")).toHaveCount(REASONS.length + 2);
  await looksInto(page, /^Versions/, PAYLOADS);

  await page.getByRole("button", { name: "Read it" }).click();
  await looksInto(page, /as the characters remember it/, RECAP.split("\n"));

  await page.locator("summary", { hasText: "Direct" }).click();
  await page.getByRole("button", { name: `${String(REASONS.length)} struck messages` }).click();
  const hidden = page.getByRole("dialog").getByRole("button", { name: "Show the words" });
  for (let left = REASONS.length; left > 0; left -= 1) await hidden.first().click();
  await looksInto(page, "Struck messages", PAYLOADS);
  await leave(page);

  const fork = await open(`/discussions/${filled.fork}`);
  await expect(fork.getByRole("article")).toHaveCount(TURN_COUNT + 1);
  await expect(fork.getByText("Forked from").getByRole("link")).toContainText("xss(");
  await leave(fork);
});

const chooser = (dialog: Locator): Locator => dialog.locator("input[type=file]");

test("in characters that somebody brings along", async () => {
  const page = await open("/characters");
  await page.getByRole("button", { name: "Bring along" }).click();
  const dialog = page.getByRole("dialog");
  const [pack, ...others] = packs();
  await chooser(dialog).setInputFiles(pack?.file ?? []);
  const question = dialog.getByRole("group", { name: "The same name" });
  await shows(question, pack?.names ?? []);
  await question.getByRole("button", { name: "Leave out" }).click();
  await shows(dialog.getByRole("alert"), pack?.names ?? []);
  for (const { file, quoted } of brokenCards()) {
    await chooser(dialog).setInputFiles(file);
    await shows(dialog.getByRole("alert").last(), quoted);
  }
  await chooser(dialog).setInputFiles([pictureCard(), ...ownCards()]);
  await expect(dialog.getByText("3 have come:")).toBeVisible();
  for (const { file, names } of others) {
    await chooser(dialog).setInputFiles(file);
    await question.getByRole("button", { name: "Keep both" }).click();
    await shows(dialog.getByRole("list"), names);
  }
  // Who made the card in the picture, and what they say about it.
  await shows(dialog.getByRole("list"), IN_NOTES);
  await dialog.getByRole("button", { name: "Done" }).click();

  const half = (at: number) => PAYLOADS.filter((_, index) => index % 2 === at);
  for (const [name, texts] of [
    [IN_A_PICTURE, IN_NOTES] as const,
    ...OWN.map((own, at) => [own, half(at)] as const),
  ]) {
    for (const tool of ["Edit", "Export"]) {
      await page.getByRole("button", { name: new RegExp(`^${name},`) }).click();
      await shows(dialog, texts);
      await dialog.getByRole("button", { name: tool }).click();
      await looksInto(page, `${tool} ${name}`, []);
    }
  }
  await page.getByRole("button", { name: "Share", exact: true }).click();
  await looksInto(page, "Share as one file", NAMES);
  await leave(page);
});

test("in lessons that somebody brings along", async () => {
  const page = await open("/");
  await page.getByRole("button", { name: "Open a file" }).click();
  const dialog = page.getByRole("dialog");
  for (const { file, quoted } of brokenLessons()) {
    await chooser(dialog).setInputFiles(file);
    await shows(dialog.getByRole("alert"), quoted);
  }
  await chooser(dialog).setInputFiles(goodLesson());
  for (const part of ["Aims", "For the teacher", "What you may say on the way"])
    await shows(dialog.locator("section", { has: page.getByRole("heading", { name: part }) }), PAYLOADS);
  await linksAreHarmless(page);
  await dialog.getByRole("button", { name: "Start this lesson" }).click();

  const plan = page.getByRole("region", { name: "Plan" });
  for (const step of STEPS.slice(0, 3)) {
    await shows(plan, step);
    await plan.getByRole("button", { name: "Say it" }).click();
    await shows(page.getByRole("log"), step);
  }
  await plan.getByRole("button", { name: "Plan" }).click();
  await dialog.getByText("What the lesson is for").click();
  await looksInto(page, "Plan", PAYLOADS);
  await leave(page);
});

// The last one on these pages: what watches them has seen a request leave.
test("behind the links that are left", async () => {
  const page = await open(`/discussions/${filled.talk}`);
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

test("in the files of characters and lessons", async () => {
  const characters = await api.all<{ id: string; name: string; builtin: boolean }>("/api/characters");
  const own = characters.filter(({ builtin }) => !builtin);
  const card = (id: string, format: string) => api.file(`/api/characters/${id}/card?format=${format}`);
  // Those with everything first.
  own.sort(
    (one, other) => Number(other.name.startsWith("Everything")) - Number(one.name.startsWith("Everything")),
  );
  const some = own.filter((_, index) => index < 4 || index % 6 === 0);
  expect(some.length).toBeGreaterThan(20);
  for (const { id, name } of some) {
    const [json, png] = await Promise.all([card(id, "json"), card(id, "png")]);
    expect(isSaved(json, "application/json")).toMatch(/\.card\.json$/);
    expect(isSaved(png, "image/png")).toMatch(/\.card\.png$/);
    for (const text of [json.bytes.toString(), cardIn(png.bytes)])
      expect((JSON.parse(text) as { data: { name: string } }).data.name).toBe(name);
  }

  const chosen = { title: PAYLOADS[0], character_ids: own.slice(0, 100).map(({ id }) => id) };
  const pack = await api.file("/api/characters/export", chosen);
  isSaved(pack, "application/zip");
  const [manifest, ...files] = namesIn(pack.bytes);
  expect(manifest).toBe("pack.json");
  expect(files.length).toBeGreaterThan(100);
  for (const name of files) expect(name).toMatch(/^characters\/\d+-chatlab-[\p{L}\p{N}-]+\.(json|jpg)$/u);

  const file = await api.file(`/api/discussions/${filled.lesson}/lesson`);
  expect(isSaved(file, "application/toml")).toMatch(/\.lesson\.toml$/);
  const read = await api.send<{ plan: { say: string }[] }>("POST", "/api/lessons/check", {
    file: file.bytes.toString(),
  });
  expect(read.plan.map(({ say }) => say)).toEqual(STEPS.map((step) => step.join(" ")));
  isSaved(await api.file("/api/me/export"), "application/zip");
});

const TYPES = {
  html: "text/html",
  md: "text/markdown",
  txt: "text/plain",
  csv: "text/csv",
  json: "application/json",
  docx: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
};

for (const which of ["talk", "lesson"] as const)
  test(`in the files that one takes home: ${which}`, async ({ browser }) => {
    const texts = new Map<string, string>();
    for (const [format, type] of Object.entries(TYPES)) {
      const file = await api.file(`/api/discussions/${filled[which]}/export?format=${format}`);
      expect(isSaved(file, type)).toMatch(new RegExp(`\\.${format}$`));
      texts.set(format, file.bytes.toString("utf8"));
    }
    const text = (format: string) => texts.get(format) ?? "";

    await offline(browser, text("html"));
    // Shown by a program that lets HTML through.
    await offline(browser, await marked.parse(text("md")));

    const rows = cellsOf(text("csv"));
    for (const cell of rows) expect(cell.trimStart()).not.toMatch(/^[=+\-@＝]/);
    const kept = JSON.parse(text("json")) as { messages: { text: string }[] };
    const said = kept.messages.map((message) => message.text);
    if (which === "talk") {
      for (const formula of FORMULAS.slice(0, 5)) expect(rows).toContain(`'${formula}`);
      expect(said).toContain(PAYLOADS[5]);
      for (const struck of REASONS) expect(said).not.toContain(struck);
    } else {
      expect(said).toContain(STEPS[5]?.join(" "));
    }
    await documentIsWhole(browser, text("docx"));
  });
