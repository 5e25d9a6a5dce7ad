// The whole way of a teacher, by the names a screen reader would say: cast, topic, launch, next, say, stop, summary,
// export, history.
import { expect, launch, next, open, speak, stop, test, transcript, turnsSpoken, words } from "./support";

test("two turns, a question, and everything one takes home", async ({ page }) => {
  await launch(page, "What is play for?");
  await speak(page, 1);
  await speak(page, 2);
  const [first, second] = await transcript(page).getByRole("article").all();
  expect(await first?.getAttribute("aria-label")).not.toBe(await second?.getAttribute("aria-label"));

  const message = page.getByRole("textbox", { name: "Message" });
  await message.fill("And a child who has no blocks?");
  await page.getByRole("button", { name: "Send" }).click();
  await expect(transcript(page).getByText("And a child who has no blocks?")).toBeVisible();
  await expect(message).toHaveValue("");

  await page.getByRole("button", { name: "Summary" }).click();
  const summary = page.getByRole("dialog", { name: "Summary" });
  await summary.getByRole("button", { name: "Summarise" }).click();
  await expect(summary.getByRole("heading", { name: "Key insights" })).toBeVisible();
  await summary
    .getByRole("button", { name: /^Show message/ })
    .first()
    .click();
  await expect(transcript(page).locator("article:focus")).toBeVisible();

  await page.getByRole("button", { name: "Export" }).click();
  const download = page.waitForEvent("download");
  await page.getByRole("dialog", { name: "Export" }).getByRole("button", { name: "Markdown" }).click();
  expect((await download).suggestedFilename()).toMatch(/\.md$/);

  await page.getByRole("link", { name: "History" }).click();
  await page
    .getByRole("link", { name: /What is play for\?/ })
    .first()
    .click();
  await turnsSpoken(page, 3);
});

test("two pages show the same text", async ({ page, context }) => {
  await open(page, "Can virtue be taught?");
  const other = await context.newPage();
  await other.goto(page.url());
  await expect(transcript(other)).toBeVisible();
  await speak(page, 1);
  await turnsSpoken(other, 1);
  expect(await words(other)).toEqual(await words(page));
});

test.describe("in mid-turn", () => {
  test.use({ pace: "slow" });

  test("the keys lead, and a reload in mid-turn loses nothing", async ({ page }) => {
    await open(page, "Should schools be abolished?");
    await page.keyboard.press(" ");
    await expect(stop(page)).toBeVisible();
    await page.reload();
    await expect(transcript(page).getByRole("article")).toHaveCount(1);
    await expect(stop(page)).toBeVisible();
    await page.keyboard.press("Escape");
    await expect(next(page)).toBeVisible();
    await turnsSpoken(page, 1);
    await expect(transcript(page).getByText(/Stopped/)).toBeVisible();
  });

  test("a reader who scrolled up is left in peace", async ({ page }) => {
    await open(page, "What is a question worth?");
    const message = page.getByRole("textbox", { name: "Message" });
    for (let count = 1; count <= 3; count += 1) {
      await message.fill(`${"What would you ask a child who never asks? ".repeat(20)}${String(count)}`);
      await page.getByRole("button", { name: "Send" }).click();
      await turnsSpoken(page, count);
    }
    await next(page).click();
    await expect(stop(page)).toBeVisible();
    await page.evaluate(() => {
      window.scrollTo(0, 0);
    });
    const pill = page.getByRole("button", { name: "To the live text" });
    await expect(pill).toBeVisible();
    await turnsSpoken(page, 4);
    expect(await page.evaluate(() => window.scrollY)).toBe(0);
    await pill.click();
    await expect(pill).toBeHidden();
  });
});
