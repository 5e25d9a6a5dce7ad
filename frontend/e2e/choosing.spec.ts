// Choosing, making and finding again: the pages around a discussion, against the real server.
import type { Page } from "@playwright/test";
import { accessible, expect, settled, speak, test } from "./support";

const tile = (page: Page, name: string) => page.getByRole("checkbox", { name: new RegExp(`^${name}`) });
const seats = (page: Page) => page.getByRole("list", { name: "At the table" }).getByRole("button");

test("three clicks lead to two voices", async ({ page }) => {
  await page.goto("/");
  await page.getByRole("button", { name: "Launch Discussion" }).click();
  await speak(page, 1);
  await speak(page, 2);
});

test("nothing on the first page moves while it loads", async ({ page }) => {
  await page.addInitScript(() => {
    const shifts: number[] = [];
    Object.assign(window, { shifts });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) shifts.push((entry as unknown as { value: number }).value);
    }).observe({ type: "layout-shift", buffered: true });
  });
  await page.goto("/");
  await tile(page, "John Dewey").waitFor();
  await settled(page);
  await page.evaluate(() => document.fonts.ready);
  expect(await page.evaluate(() => (window as unknown as { shifts: number[] }).shifts)).toEqual([]);
});

test("a cast is chosen, ordered with the mouse, and asked beforehand", async ({ page }) => {
  await page.goto("/");
  await tile(page, "Plato").click();
  await expect(seats(page)).toHaveCount(4);
  const first = await seats(page).first().boundingBox();
  const last = await seats(page).last().boundingBox();
  if (!first || !last) throw new Error("the seats are not on the page");
  await page.mouse.move(last.x + last.width / 2, last.y + 20);
  await page.mouse.down();
  await page.mouse.move(first.x + first.width / 2, first.y + 20, { steps: 12 });
  await page.mouse.up();
  await expect(seats(page).first()).toHaveAccessibleName("Seat 1: Plato");
  await page.getByRole("button", { name: "Likely perspectives" }).click();
  const words = page.getByRole("region", { name: "Likely perspectives" });
  await expect(words.getByRole("definition")).toHaveCount(4);
  await expect(words).toHaveAttribute("aria-busy", "false");
  for (const said of await words.getByRole("definition").allInnerTexts()) expect(said).toMatch(/\w+ \w+/);
  await accessible(page);
  await page.reload();
  await expect(seats(page).first()).toHaveAccessibleName("Seat 1: Plato");
});

test("a copy of a character is made one's own, and deleted", async ({ page }) => {
  await page.goto("/characters");
  await page.getByRole("button", { name: /^Howard Gardner/ }).click();
  await page.getByRole("button", { name: "Duplicate" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("textbox", { name: "Name" }).fill("");
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(dialog.getByRole("textbox", { name: "Name" })).toHaveAttribute("aria-invalid", "true");
  await accessible(page);
  await dialog.getByRole("textbox", { name: "Name" }).fill("A careful tester");
  await dialog.getByTitle("Owl").click();
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(dialog).toBeHidden();
  await page.goto("/");
  await tile(page, "A careful tester").click();
  await expect(page.getByRole("button", { name: "Seat 4: A careful tester" })).toBeVisible();
  await page.goto("/characters");
  await page.getByRole("button", { name: /^A careful tester/ }).click();
  await page.getByRole("button", { name: "Delete" }).click();
  await page
    .getByRole("dialog", { name: "Delete A careful tester?" })
    .getByRole("button", { name: "Delete" })
    .click();
  await expect(page.getByRole("button", { name: /^A careful tester/ })).toHaveCount(0);
  await page.goto("/");
  await expect(seats(page)).toHaveCount(3);
});

test("a discussion is found by a word, renamed and deleted", async ({ page }) => {
  await page.goto("/history");
  await page.getByRole("button", { name: "Start with this" }).click();
  await page.getByRole("textbox", { name: "Topic" }).fill("What does an okapi teach us?");
  await page.getByRole("button", { name: "Launch Discussion" }).click();
  await expect(page).toHaveURL(/\/discussions\//);
  await page.getByRole("link", { name: "History" }).click();
  await page.getByRole("searchbox", { name: "Search discussions" }).fill("okapi");
  await expect(page.locator("mark")).toHaveText(/okapi/i);
  await page.getByRole("button", { name: /^Rename/ }).click();
  await page.getByRole("textbox", { name: "Title" }).fill("The okapi lesson");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("link", { name: "The okapi lesson" })).toBeVisible();
  await page.getByRole("button", { name: "Delete The okapi lesson" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await expect(page.getByText("No discussion speaks of “okapi”.")).toBeVisible();
});
