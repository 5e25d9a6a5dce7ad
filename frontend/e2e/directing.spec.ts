// Leading a discussion and putting right what was said, by the names a screen reader would say.
import type { Page } from "@playwright/test";
import { expect, next, noFinding, open, test, transcript } from "./support";

const article = (page: Page, name: string) => transcript(page).getByRole("article", { name });

async function say(page: Page, text: string): Promise<void> {
  await page.getByRole("textbox", { name: "Message" }).fill(text);
  await page.getByRole("button", { name: "Send" }).click();
  await expect(transcript(page).getByText(text)).toBeVisible();
}

/** The line under the turn of `name`. */
async function openTools(page: Page, name: string): Promise<void> {
  const turn = article(page, name).first();
  await turn.hover();
  await turn.getByRole("button", { name: /, details$/ }).click();
  await expect(turn.getByRole("group", { name: "This turn" })).toBeVisible();
}

async function direct(page: Page): Promise<void> {
  await page.getByText("Direct", { exact: true }).click();
  await expect(page.getByRole("list", { name: "At the table" })).toBeVisible();
}

test("the host's words are edited, forked from, and struck", async ({ page }) => {
  await open(page, "What is play for?");
  await say(page, "Begn with the child.");
  await openTools(page, "Host");
  await page.getByRole("button", { name: "Edit", exact: true }).click();
  const edit = page.getByRole("dialog", { name: "Edit" });
  await edit.getByRole("textbox", { name: "Words" }).fill("Begin with the child.");
  await edit.getByRole("textbox", { name: /^Why/ }).fill("a letter was missing");
  await edit.getByRole("button", { name: "Save" }).click();
  await expect(article(page, "Host")).toContainText("Begin with the child.");

  await page.getByRole("button", { name: "Versions", exact: true }).click();
  const versions = page.getByRole("dialog", { name: "Versions: Host" });
  await expect(versions.getByRole("listitem")).toHaveCount(2);
  await expect(versions).toContainText("Why: a letter was missing");
  await versions.getByRole("button", { name: "Use version 1" }).click();
  await expect(article(page, "Host")).toContainText("Begn with the child.");

  const original = page.url();
  await page.getByRole("button", { name: "Fork from here" }).click();
  await expect(page).not.toHaveURL(original);
  await expect(page.getByText("Forked from")).toBeVisible();
  await page.getByRole("link", { name: "What is play for?" }).click();
  await expect(page).toHaveURL(new RegExp(original));

  await openTools(page, "Host");
  await page.getByRole("button", { name: "Strike", exact: true }).click();
  const strike = page.getByRole("dialog", { name: "Strike this message?" });
  await strike.getByRole("textbox", { name: /^Why/ }).fill("not for the class");
  await strike.getByRole("button", { name: "Strike" }).click();
  await expect(article(page, "Host")).toHaveCount(0);
  await direct(page);
  await page.getByRole("button", { name: "1 struck message" }).click();
  const record = page.getByRole("dialog", { name: "Struck messages" });
  await record.getByRole("button", { name: "Show the words" }).click();
  await expect(record).toContainText("Why: not for the class");
});

test.describe("in mid-turn", () => {
  test.use({ pace: "slow" });

  test("the table, the manner and turns that follow by themselves", async ({ page }) => {
    await open(page, "Should children choose what they learn?");
    const cast = page.getByRole("list", { name: "Cast" });
    const names = () => cast.getByRole("button").evaluateAll((all) => all.map((one) => one.ariaLabel));
    const [first, second] = await names();
    // The second is put first with the keyboard, and so is next.
    await cast.getByRole("button").nth(1).focus();
    await page.keyboard.press("ArrowLeft");
    await expect.poll(names).toEqual([second, first, expect.any(String)]);
    const speaker = second?.replace(" speaks now", "") ?? "";
    await expect(page.getByText(`Next: ${speaker}`)).toBeVisible();

    await direct(page);
    await page.getByRole("button", { name: `Mute ${speaker}` }).click();
    await expect(page.getByText(`Next: ${first?.replace(" speaks now", "") ?? ""}`)).toBeVisible();
    await page.getByLabel("Add a participant").selectOption({ label: "Jean Piaget" });
    const joins = transcript(page).getByText("Jean Piaget joins the discussion.");
    await expect(joins).toBeVisible();
    expect((await joins.boundingBox())?.height, "it stands in one line, on a phone too").toBeLessThan(40);
    await page.getByRole("button", { name: "Let Jean Piaget go" }).click();
    await expect(transcript(page).getByText("Jean Piaget leaves the discussion.")).toBeVisible();
    await page.getByRole("combobox", { name: "Turns are" }).selectOption("short");
    await page.getByRole("combobox", { name: "For", exact: true }).selectOption("10");
    await page.reload();
    await direct(page);
    await expect(page.getByRole("combobox", { name: "Turns are" })).toHaveValue("short");
    await expect(page.getByRole("combobox", { name: "For", exact: true })).toHaveValue("10");

    await page.getByRole("spinbutton", { name: "Turns" }).fill("2");
    await page.getByRole("button", { name: "Let them go on" }).click();
    await expect(page.getByText(/1 more follows/).first()).toBeVisible();
    await page.getByRole("button", { name: "Stop", exact: true }).click();
    await expect(next(page)).toBeVisible();
    await expect(transcript(page).getByText(/Stopped/)).toBeVisible();

    await page.getByRole("spinbutton", { name: "Turns" }).fill("9");
    await page.getByRole("button", { name: "Let them go on" }).click();
    await expect(page.getByText(/8 more follow/).first()).toBeVisible();
    // What was opened with the mouse keeps the focus; every key ends it all the same, and Escape who is speaking.
    await page.getByText("Direct", { exact: true }).click();
    await page.keyboard.press("k");
    await expect(page.getByText(/more follow/)).toHaveCount(0);
    await page.keyboard.press("Escape");
    await expect(next(page)).toBeVisible();
  });
});

for (const colorScheme of ["light", "dark"] as const) {
  test.describe(colorScheme, () => {
    test.use({ colorScheme });

    test("what is opened has no finding", async ({ page }) => {
      await open(page, "What is play for?");
      await say(page, "Begin with the child.");
      await openTools(page, "Host");
      await direct(page);
      await noFinding(page);
      // On a phone the panel lies over what was said.
      await page.getByText("Direct", { exact: true }).click();
      await page.getByRole("button", { name: "Versions", exact: true }).click();
      await expect(page.getByRole("dialog").getByRole("listitem")).toHaveCount(1);
      await noFinding(page);
    });
  });
}
