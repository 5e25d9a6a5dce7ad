// Finding a discussion again, and taking it away.
import { readFile } from "node:fs/promises";
import type { Page } from "@playwright/test";
import { accessible, expect, open, noFinding, test, transcript } from "./support";

const rows = (page: Page) => page.getByRole("main").getByRole("heading", { level: 2 });

async function launchAndSay(page: Page, topic: string, words: string): Promise<void> {
  await open(page, topic);
  await page.getByRole("textbox", { name: "Message" }).fill(words);
  await page.getByRole("button", { name: "Send" }).click();
  await expect(transcript(page).getByText(words)).toBeVisible();
}

test("a discussion is found by a word, narrowed, archived and begun anew", async ({ page }) => {
  await launchAndSay(page, "Can virtue be taught?", "An Éclair for everyone, says the baker.");
  await page.getByRole("link", { name: "History" }).click();
  await page.getByRole("searchbox", { name: "Search discussions" }).fill("eclair FOR every");
  await expect(page.locator("mark").first()).toHaveText("Éclair for everyone");
  await expect(rows(page)).toHaveCount(1);
  await noFinding(page);
  // Straight to the message.
  await rows(page).getByRole("link").click();
  await expect(transcript(page).locator("article:focus")).toContainText("An Éclair");

  await page.goto("/history?q=eclair");
  await page.getByRole("combobox", { name: "With" }).selectOption({ label: "Confucius" });
  await expect(page.getByText(/No discussion/)).toBeVisible();
  await page.getByRole("combobox", { name: "With" }).selectOption("");
  await page.getByLabel("from").fill("2199-01-01");
  await expect(page.getByText(/No discussion/)).toBeVisible();
  await page.getByRole("button", { name: "Show all" }).click();
  await expect(rows(page)).toHaveCount(1);

  await page.getByRole("button", { name: /^Archive: Can virtue/ }).click();
  await expect(page.getByText("is in the archive")).toBeVisible();
  await expect(rows(page)).toHaveCount(0);
  const archive = page.getByRole("combobox", { name: "Archive", exact: true });
  for (const part of ["alone", "too"]) {
    await archive.selectOption(part);
    await expect(rows(page)).toHaveCount(1);
  }
  await archive.selectOption("left out");
  await expect(rows(page)).toHaveCount(0);
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(rows(page)).toHaveCount(1);

  await page.getByRole("button", { name: /^Same cast, new topic/ }).click();
  const again = page.getByRole("dialog", { name: "Same cast, new topic" });
  await again.getByRole("textbox", { name: "Topic" }).fill("Can courage be taught?");
  await again.getByRole("button", { name: "Begin" }).click();
  await expect(page.getByRole("heading", { name: "Can courage be taught?" })).toBeVisible();
});

test("the web page stands alone: no network, and it replays", async ({ page, context }) => {
  await launchAndSay(page, "What is a question worth?", "First this.\n\nThen that.");
  await page.getByRole("button", { name: "Export" }).click();
  const dialog = page.getByRole("dialog", { name: "Export" });
  const saved = page.waitForEvent("download");
  await dialog.getByRole("button", { name: "Web page" }).click();
  const download = await saved;
  expect(download.suggestedFilename()).toBe("chatlab-What-is-a-question-worth.html");
  const html = await readFile(await download.path(), "utf8");

  const alone = await context.newPage();
  const asked: string[] = [];
  const complaints: string[] = [];
  alone.on("request", (request) => asked.push(request.url()));
  alone.on("console", (message) => complaints.push(message.text()));
  await context.setOffline(true);
  await alone.route("**/*", (route) =>
    route.fulfill({ contentType: "text/html; charset=utf-8", body: html }),
  );
  await alone.goto("http://alone.example/");
  expect(asked.filter((url) => !url.endsWith("favicon.ico"))).toEqual(["http://alone.example/"]);
  await expect(alone.getByText("They are not quotations")).toBeVisible();
  await expect(alone.getByRole("article")).toHaveCount(1);
  await accessible(alone);
  await alone.getByLabel("Words a minute").selectOption("150");
  await alone.getByRole("button", { name: "Replay" }).click();
  await expect(alone.getByText("First this.")).toBeVisible();
  await expect(alone.getByText("Then that.")).toBeHidden();
  await alone.getByRole("button", { name: "Pause" }).click();
  await alone.getByRole("button", { name: "Go on" }).click();
  await alone.getByRole("button", { name: "Show all" }).click();
  await expect(alone.getByText("Then that.")).toBeVisible();
  expect(complaints).toEqual([]);
  await context.setOffline(false);
});

test("every format is offered, and copying brings looks and words", async ({ page, context }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await launchAndSay(page, "What is play for?", "It is work, *of a kind*.");
  await page.getByRole("button", { name: "Export" }).click();
  const dialog = page.getByRole("dialog", { name: "Export" });
  for (const name of ["Word", "Web page", "Markdown", "Plain text", "Table", "JSON"])
    await expect(dialog.getByRole("button", { name, exact: true })).toBeVisible();
  await noFinding(page);
  await dialog.getByRole("button", { name: "Copy with its looks" }).click();
  await expect(dialog.getByRole("button", { name: "Copied" })).toBeVisible();
  const [plain, html] = await page.evaluate(async () => {
    const [item] = await navigator.clipboard.read();
    const text = async (type: string) => (await item?.getType(type))?.text();
    return [await text("text/plain"), await text("text/html")];
  });
  expect(plain).toContain("**Host**");
  expect(html).toContain("<h2");
  expect(html).toContain("They are not quotations");
  expect(html).not.toContain("<script");
});
