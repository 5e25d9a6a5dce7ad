// A long discussion: it opens at its end, keeps the reader's place while older messages are loaded, leads to any of them, and says
// what the characters remember in short.
import type { Page } from "@playwright/test";
import { expect, make, test, transcript } from "./support";

// As many as come at once, three times: the last of them is known to be the first.
const MESSAGES = 300;

async function longDiscussion(page: Page): Promise<string> {
  const { id, headers } = await make(page, "What is play for?");
  for (let number = 1; number <= MESSAGES; number += 1) {
    const text = `Remark ${String(number)}. ${"Children build what they cannot yet say. ".repeat(1 + (number % 6))}`;
    const said = await page.request.post(`/api/discussions/${id}/commands`, {
      headers,
      data: { type: "say", id: `say-${String(number)}`, text },
    });
    expect(said.ok()).toBe(true);
  }
  return id;
}

test("a long discussion can be read from end to beginning", async ({ page }) => {
  const id = await longDiscussion(page);
  await page.goto(`/discussions/${id}`);
  const articles = transcript(page).getByRole("article");
  await expect(articles).toHaveCount(200);
  await expect(articles.last()).toBeInViewport();

  await page.evaluate(() => {
    window.scrollTo({ top: 0, behavior: "instant" });
  });
  const line = page.locator(`#${(await articles.first().getAttribute("id")) ?? ""}`);
  const earlier = page.getByRole("button", { name: "Earlier messages" });
  await earlier.hover();
  // What has come into view takes its real height.
  await page.evaluate(
    () =>
      new Promise((drawn) => {
        requestAnimationFrame(() => requestAnimationFrame(drawn));
      }),
  );
  const before = (await line.boundingBox())?.y ?? Number.NaN;
  await earlier.click();
  await expect(articles).toHaveCount(MESSAGES);
  await expect(earlier).toHaveCount(0);
  await expect
    .poll(async () => Math.abs(((await line.boundingBox())?.y ?? Number.NaN) - before), { timeout: 3_000 })
    .toBeLessThan(3);

  // The browser's own search finds what is far off the screen.
  const found = await page.evaluate(() => {
    const { find } = window as unknown as { find: (text: string) => boolean };
    window.getSelection()?.removeAllRanges();
    return find.call(window, "Remark 7.");
  });
  expect(found).toBe(true);
  await expect(articles.filter({ hasText: "Remark 7." })).toBeInViewport();

  await page.getByRole("button", { name: "Read it" }).click();
  const dialog = page.getByRole("dialog", { name: /as the characters remember it/ });
  await expect(dialog.getByText(/Host: .* \[\d+/).first()).toBeVisible();
});

test("all of a long discussion is printed, and nothing but it", async ({ page }) => {
  const id = await longDiscussion(page);
  // Chromium's own dialog would wait for somebody; what is on the page in that moment is what would be printed.
  await page.addInitScript(() => {
    window.print = () => {
      document.title = `printed ${String(document.querySelectorAll("[role=log] article").length)}`;
    };
  });
  await page.goto(`/discussions/${id}`);
  await expect(transcript(page).getByRole("article")).toHaveCount(200);
  await page.getByRole("button", { name: "Export" }).click();
  await page.getByRole("dialog", { name: "Export" }).getByRole("button", { name: "Print" }).click();
  await expect(page).toHaveTitle(`printed ${String(MESSAGES)}`);
  await expect(page.getByRole("dialog")).toHaveCount(0);

  await page.emulateMedia({ media: "print" });
  await expect(transcript(page).getByText("Remark 1.", { exact: false }).first()).toBeVisible();
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  for (const control of ["Next Response", "Export", "Rename"])
    await expect(page.getByRole("button", { name: control })).toBeHidden();
  await expect(page.getByRole("banner")).toBeHidden();
  const notice = await page.evaluate(() => {
    const heading = document.querySelector("main header");
    return heading && getComputedStyle(heading, "::before").content;
  });
  expect(notice).toContain("an AI’s portrayal");
});

test("what a page needs is announced with its address, and is all there", async ({ request }) => {
  for (const path of ["/discussions/any", "/history", "/characters", "/settings"]) {
    const { link = "" } = (await request.get(path)).headers();
    const files = [...link.matchAll(/<([^>]+)>/g)].map(([, file]) => file ?? "");
    expect(files.some((file) => file.endsWith(".js"))).toBe(true);
    for (const file of files) expect((await request.get(file)).status(), file).toBe(200);
  }
  expect((await request.get("/")).headers()["link"]).toBeUndefined();
});
