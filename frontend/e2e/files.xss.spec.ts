// Files that somebody brings along, and those that one takes home: what is in them is text, as on every page (xss.spec.ts).
import { expect, test } from "@playwright/test";
import { marked } from "marked";
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
import { REASONS, fillFiles, type FilledFiles } from "./xss/filling";
import { shows } from "./xss/guard";
import { FORMULAS, NAMES, PAYLOADS } from "./xss/payloads";
import {
  cardIn,
  cellsOf,
  documentIsWhole,
  fromDisk,
  isFormula,
  isSaved,
  namesIn,
  offline,
} from "./xss/takeaway";
import { Visitor, chooser } from "./xss/visitor";

let visitor: Visitor;
let filled: FilledFiles;

// One place for all of them: it takes a while to fill.
test.describe.configure({ mode: "default" });

test.beforeAll(async ({ browser }) => {
  test.setTimeout(60_000);
  expect(PAYLOADS.length).toBeGreaterThan(100);
  visitor = await Visitor.arrive(browser);
  filled = await fillFiles(visitor.api);
});

test.afterAll(() => visitor.depart());

test("in addresses that somebody was sent", async () => {
  const page = await visitor.context.newPage();
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
  // A code from anybody makes nobody else of whoever follows the link.
  await page.goto("/start#guessed");
  await expect(page.getByText("That code opens nothing, but none is needed here.")).toBeVisible();
  await page.goto("/characters");
  await expect(page.getByText(NAMES[0] ?? "", { exact: true }).first()).toBeVisible();
  await visitor.leave(page);
});

test("in characters that somebody brings along", async () => {
  const page = await visitor.open("/characters");
  await page.getByRole("button", { name: "Bring along" }).click();
  const dialog = page.getByRole("dialog");
  const question = dialog.getByRole("group", { name: "The same name" });
  const kept = packs().pop();
  for (const { file, names } of packs().slice(0, -1)) {
    await chooser(dialog).setInputFiles(file);
    await shows(question, names);
    await question.getByRole("button", { name: "Leave out" }).click();
    await shows(dialog.getByRole("alert").last(), names);
  }
  for (const { file, quoted } of brokenCards()) {
    await chooser(dialog).setInputFiles(file);
    await shows(dialog.getByRole("alert").last(), quoted);
  }
  await chooser(dialog).setInputFiles([pictureCard(), ...ownCards(), ...(kept ? [kept.file] : [])]);
  await question.getByRole("button", { name: "Keep both" }).click();
  // Their names, who made them, and what these say about them.
  await shows(dialog.getByRole("list"), [...IN_NOTES, ...OWN, ...(kept?.names ?? [])]);
  await dialog.getByRole("button", { name: "Done" }).click();

  for (const [name, tool] of [
    [IN_A_PICTURE, "Export"],
    [OWN[0], "Edit"],
    [OWN[1], "Delete"],
  ] as const) {
    await page.locator("button", { hasText: name }).click();
    await shows(
      dialog,
      name === IN_A_PICTURE ? IN_NOTES : PAYLOADS.filter((_, index) => index % 2 === OWN.indexOf(name)),
    );
    await dialog.getByRole("button", { name: tool }).click();
    await visitor.looksInto(page, new RegExp(`^${tool} ${name}`), []);
  }
  await page.getByRole("button", { name: "Share", exact: true }).click();
  await visitor.looksInto(page, "Share as one file", NAMES);
  await visitor.leave(page);
});

test("in lessons that somebody brings along", async () => {
  const page = await visitor.open("/");
  await page.getByRole("button", { name: "Open a file" }).click();
  const dialog = page.getByRole("dialog");
  for (const { file, quoted } of brokenLessons()) {
    await chooser(dialog).setInputFiles(file);
    await shows(dialog.getByRole("alert"), quoted);
  }
  await chooser(dialog).setInputFiles(goodLesson());
  for (const part of ["Aims", "For the teacher", "What you may say on the way"])
    await shows(dialog.locator("section", { has: page.getByRole("heading", { name: part }) }), PAYLOADS);
  await visitor.look(page);
  await dialog.getByRole("button", { name: "Start this lesson" }).click();

  const plan = page.getByRole("region", { name: "Plan" });
  for (const step of STEPS.slice(0, 3)) {
    await shows(plan, step);
    await plan.getByRole("button", { name: "Say it" }).click();
    await shows(page.getByRole("log"), step);
  }
  await plan.getByRole("button", { name: "Plan" }).click();
  await dialog.getByText("What the lesson is for").click();
  await visitor.looksInto(page, "Plan", PAYLOADS);
  await visitor.leave(page);
});

test("in the files of characters and lessons", async () => {
  const characters = await visitor.api.all<{ id: string; name: string; builtin: boolean }>("/api/characters");
  const own = characters.filter(({ builtin }) => !builtin);
  const card = (id: string, format: string) =>
    visitor.api.file(`/api/characters/${id}/card?format=${format}`);
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
    for (const text of [json.bytes.toString(), cardIn(png.bytes)]) {
      const written = (JSON.parse(text) as { data: { name: string } }).data.name;
      expect(written.split(/\s+/).filter(Boolean).join(" ")).toBe(name);
    }
  }

  const chosen = { title: PAYLOADS[0], character_ids: own.slice(0, 100).map(({ id }) => id) };
  const pack = await visitor.api.file("/api/characters/export", chosen);
  isSaved(pack, "application/zip");
  const [manifest, ...files] = namesIn(pack.bytes);
  expect(manifest).toBe("pack.json");
  expect(files.filter((name) => name.endsWith(".jpg"))).toHaveLength(1);
  for (const name of files) expect(name).toMatch(/^characters\/\d+-chatlab-[\p{L}\p{N}-]+\.(json|jpg)$/u);

  const file = await visitor.api.file(`/api/discussions/${filled.lesson}/lesson`);
  expect(isSaved(file, "application/toml")).toMatch(/\.lesson\.toml$/);
  const read = await visitor.api.send<{ plan: { say: string }[] }>("POST", "/api/lessons/check", {
    file: file.bytes.toString(),
  });
  expect(read.plan.map(({ say }) => say)).toEqual(STEPS.map((step) => step.join(" ").trim()));
  const all = await visitor.api.file("/api/me/export");
  expect([all.type, all.disposition, all.sniff]).toEqual([
    "application/zip",
    'attachment; filename="chatlab-my-data.zip"',
    "nosniff",
  ]);
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
      const file = await visitor.api.file(`/api/discussions/${filled[which]}/export?format=${format}`);
      expect(isSaved(file, type)).toMatch(new RegExp(`\\.${format}$`));
      await fromDisk(browser, `discussion.${format}`, file.bytes);
      texts.set(format, file.bytes.toString("utf8"));
    }
    const text = (format: string) => texts.get(format) ?? "";

    await offline(browser, text("html"));
    // Shown by a program that lets HTML through.
    await offline(browser, await marked.parse(text("md")));

    const rows = cellsOf(text("csv"));
    expect(rows.filter(isFormula)).toEqual([]);
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
