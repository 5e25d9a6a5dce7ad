// What the browser tests share: the pace of the voices, and a teacher's first steps by the names a screen reader would say.
import AxeBuilder from "@axe-core/playwright";
import { expect, test as base, type Locator, type Page } from "@playwright/test";

interface Options {
  /** `quick` voices have said a turn in less than a second; `slow` ones can be looked at while they speak. */
  pace: "quick" | "slow";
}

/** As Playwright's own, but with quick voices unless `test.use({ pace: "slow" })` says otherwise. */
export const test = base.extend<Options>({
  pace: ["quick", { option: true }],
  baseURL: async ({ pace, baseURL }, provide) => {
    await provide(pace === "quick" ? (process.env["CHATLAB_QUICK_URL"] ?? baseURL) : baseURL);
  },
});
export { expect };

export const transcript = (page: Page) => page.getByRole("log", { name: "Transcript" });
export const next = (page: Page) => page.getByRole("button", { name: "Next Response", exact: true });
export const stop = (page: Page) => page.getByRole("button", { name: "Stop", exact: true });
export const words = (page: Page) => transcript(page).locator("article p").allInnerTexts();

export async function launch(page: Page, topic: string): Promise<void> {
  await page.goto("/");
  await page.getByRole("textbox", { name: "Topic" }).fill(topic);
  await page.getByRole("button", { name: "Launch Discussion" }).click();
  await expect(page).toHaveURL(/\/discussions\//);
  await expect(transcript(page)).toBeVisible();
}

/** A discussion of a new guest, made without the page on which one chooses; `headers` are the guest's. */
export async function make(
  page: Page,
  topic: string,
): Promise<{ id: string; headers: Record<string, string> }> {
  const { request } = page;
  const grant = (await (await request.post("/api/auth/guest")).json()) as { access_token: string };
  const headers = { Authorization: `Bearer ${grant.access_token}` };
  const character_ids = ["john-dewey", "maria-montessori", "paulo-freire"];
  const made = await request.post("/api/discussions", { headers, data: { topic, character_ids } });
  return { id: ((await made.json()) as { id: string }).id, headers };
}

/** The page of a new discussion. */
export async function open(page: Page, topic: string): Promise<void> {
  await page.goto(`/discussions/${(await make(page, topic)).id}`);
  await expect(transcript(page)).toBeVisible();
}

/** A turn is over when its article is no longer busy. */
export async function turnsSpoken(page: Page, count: number): Promise<void> {
  await expect(finished(page)).toHaveCount(count, { timeout: 30_000 });
}

export function finished(page: Page): Locator {
  return transcript(page).locator("article:not([aria-busy])");
}

/** The host lets the next one speak; `count` messages are there afterwards. */
export async function speak(page: Page, count: number): Promise<void> {
  await next(page).click();
  await turnsSpoken(page, count);
}

/** Nothing of the page is still being fetched, and nothing moves. */
export async function settled(page: Page): Promise<void> {
  await page.getByRole("heading").first().waitFor();
  await expect(page.locator("[data-waiting], [aria-busy=true]:not(article)")).toHaveCount(0);
}

/** What axe finds. Legacy mode asks in this page alone: there are no frames of others', which it would open one more page for. */
const axe = (page: Page) => new AxeBuilder({ page }).setLegacyMode().options({ resultTypes: ["violations"] });

/** axe finds nothing. */
export async function noFinding(page: Page): Promise<void> {
  expect((await axe(page).analyze()).violations).toEqual([]);
}

/** axe finds nothing, in either theme: the other one differs in its colours alone. */
export async function accessible(page: Page): Promise<void> {
  await page.emulateMedia({ colorScheme: "light" });
  await noFinding(page);
  await page.emulateMedia({ colorScheme: "dark" });
  expect((await axe(page).withRules("color-contrast").analyze()).violations).toEqual([]);
  await page.emulateMedia({ colorScheme: null });
}
