// axe on every page, in both themes.
import { accessible, open, next, settled, speak, stop, test, turnsSpoken } from "./support";

for (const path of ["/", "/history", "/characters", "/settings", "/start"]) {
  test(`${path} has no finding`, async ({ page }) => {
    await page.goto(path);
    await settled(page);
    await accessible(page);
  });
}

test.describe("in mid-turn", () => {
  test.use({ pace: "slow" });

  test("a discussion has no finding, running and stopped", async ({ page }) => {
    await open(page, "What is play for?");
    await next(page).click();
    await stop(page).waitFor();
    await accessible(page);
    await page.keyboard.press("Escape");
    await turnsSpoken(page, 1);
    await accessible(page);
  });
});

test("a discussion has no finding at rest", async ({ page }) => {
  await open(page, "What is play for?");
  await speak(page, 1);
  await accessible(page);
});
