// axe on every page, in both themes.
import AxeBuilder from "@axe-core/playwright";
import { expect, test } from "@playwright/test";

const PAGES = ["/", "/history", "/characters", "/settings", "/start"];

for (const colorScheme of ["light", "dark"] as const) {
  test.describe(colorScheme, () => {
    test.use({ colorScheme });

    for (const path of PAGES) {
      test(`${path} has no finding`, async ({ page }) => {
        await page.goto(path);
        await page.getByRole("heading").first().waitFor();
        await page.waitForLoadState("networkidle");
        expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
      });
    }

    test("a discussion has no finding, running and at rest", async ({ page }) => {
      await page.goto("/");
      await page.getByRole("textbox", { name: "Topic" }).fill("What is play for?");
      await page.getByRole("button", { name: "Launch Discussion" }).click();
      await page.getByRole("button", { name: "Next Response", exact: true }).click();
      await page.getByRole("button", { name: "Stop", exact: true }).waitFor();
      expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
      await page.locator("article:not([aria-busy])").waitFor({ timeout: 30_000 });
      expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
    });
  });
}
