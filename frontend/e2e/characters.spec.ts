// Characters that come and go as files, pictures, and trying one out: against the real server.
import { readFile } from "node:fs/promises";
import type { Page } from "@playwright/test";
import { expect, noFinding, speak, test } from "./support";

const card = (name: string) => new URL(`../../tests/cards/${name}`, import.meta.url).pathname;
const tile = (page: Page, name: string) => page.getByRole("button", { name: new RegExp(`^${name}`) });
const files = (page: Page) => page.getByRole("dialog").locator("input[type=file]");

async function bringAlong(page: Page, file: string): Promise<void> {
  await page.goto("/characters");
  await page.getByRole("button", { name: "Bring along" }).click();
  await files(page).setInputFiles(card(file));
}

test("a card in a picture becomes a character, and goes out again as it came", async ({ page }) => {
  await bringAlong(page, "chub-v2.png");
  const dialog = page.getByRole("dialog");
  await expect(dialog.getByText("One has come:")).toBeVisible();
  await expect(dialog.getByText(/Kept for export, but not used here/)).toBeVisible();
  await noFinding(page);
  // The same file once more: it is asked about.
  await files(page).setInputFiles(card("chub-v2.png"));
  await dialog.getByRole("button", { name: "Keep both" }).click();
  await expect(dialog.getByText("2 have come:")).toBeVisible();
  await dialog.getByRole("button", { name: "Done" }).click();
  await tile(page, "Zénith, ").first().click();
  const picture = page.getByRole("dialog").locator("img").first();
  await expect.poll(() => picture.evaluate((img: HTMLImageElement) => img.naturalWidth)).toBe(48);
  await page.getByRole("button", { name: "Export" }).click();
  const download = page.waitForEvent("download");
  await page.getByRole("dialog").getByRole("button", { name: "PNG" }).click();
  const saved = await download;
  expect(saved.suggestedFilename()).toBe("chatlab-Zénith.card.png");
  const [came, gone] = await Promise.all([readFile(card("chub-v2.png")), readFile(await saved.path())]);
  const chunk = /chara\0([A-Za-z0-9+/=]+)/;
  expect(chunk.exec(gone.toString("latin1"))?.[1]).toBe(chunk.exec(came.toString("latin1"))?.[1]);
});

test("a card is dropped on the page, and a wrong file is answered in words", async ({ page }) => {
  await page.goto("/characters");
  await tile(page, "John Dewey").waitFor();
  const text = await readFile(card("risuai-v3.json"), "utf8");
  const drop = (name: string, content: string) =>
    page.evaluate(
      ([name, content]) => {
        const data = new DataTransfer();
        data.items.add(new File([content ?? ""], name ?? ""));
        document.body.dispatchEvent(
          new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true }),
        );
      },
      [name, content],
    );
  await drop("ilse.json", text);
  await expect(page.getByRole("dialog").getByText("One has come:")).toBeVisible();
  await page.getByRole("button", { name: "Close" }).click();
  await expect(tile(page, "Professor Ilse Quandt")).toBeVisible();
  await drop("notes.json", "{}");
  await expect(page.getByRole("alert")).toContainText("notes.json: file: This JSON is no character card.");
});

test("a character is made with a picture, tried out, copied and shared", async ({ page }) => {
  await page.goto("/characters");
  await page.getByRole("button", { name: "New character" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("textbox", { name: "Name", exact: true }).fill("Grandma Ada");
  await dialog.getByRole("textbox", { name: "Key ideas" }).fill("Soup: it helps.");
  await dialog.getByText("Works, cautions, a quotation").click();
  await dialog.getByRole("textbox", { name: "Works" }).fill("Letters (1950)");
  await dialog.locator("input[type=file]").setInputFiles(card("tavernai-v1.png"));
  await expect(dialog.locator("img[src^=blob]").first()).toBeVisible();
  await dialog.getByRole("textbox", { name: "On this topic" }).fill("What is soup for?");
  await dialog.getByRole("button", { name: "Let them speak" }).click();
  await expect(dialog.locator("[aria-live] p").first()).toHaveText(/\w+ \w+/);
  await expect(dialog.getByRole("button", { name: "Let them speak" })).toBeVisible({ timeout: 30_000 });
  await noFinding(page);
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(dialog).toBeHidden();
  const picture = tile(page, "Grandma Ada").locator("img");
  await expect.poll(() => picture.evaluate((img: HTMLImageElement) => img.naturalWidth)).toBe(48);

  await tile(page, "Grandma Ada").click();
  await expect(dialog.getByText("Letters")).toBeVisible();
  await dialog.getByRole("button", { name: "Duplicate" }).click();
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(tile(page, "Grandma Ada \\(copy\\)").locator("img")).toBeVisible();

  await page.getByRole("button", { name: "Share", exact: true }).click();
  await noFinding(page);
  const download = page.waitForEvent("download");
  await dialog.getByRole("button", { name: "Save the file" }).click();
  const pack = await download;
  expect(pack.suggestedFilename()).toBe("chatlab-characters.zip");
  await page.getByRole("button", { name: "Bring along" }).click();
  await files(page).setInputFiles(await pack.path());
  await dialog.getByRole("button", { name: "Leave out" }).click();
  await expect(dialog.getByRole("alert")).toContainText("Left out: Grandma Ada, Grandma Ada (copy).");
});

test("a lesson is begun with three clicks, and its plan waits for a press", async ({ page }) => {
  await page.goto("/");
  await page.getByRole("button", { name: /^Why write, if a machine can\?/ }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: "Start this lesson" }).waitFor();
  await noFinding(page);
  await dialog.getByRole("button", { name: "Start this lesson" }).click();
  await expect(page).toHaveURL(/\/discussions\//);
  await speak(page, 1);
  const plan = page.getByRole("region", { name: "Plan" });
  await expect(plan).toContainText("Planned after 3 turns");
  await plan.getByRole("button", { name: "Say it" }).click();
  await expect(page.getByRole("log").getByText(/a calculator does the sums/)).toBeVisible();
  await expect(plan).toContainText("Planned after 5 turns");
  await plan.getByRole("button", { name: "Plan" }).click();
  await expect(dialog.getByText("Said.")).toHaveCount(1);
  await noFinding(page);
  await dialog.getByRole("textbox", { name: "Something more to say" }).fill("And who checks it?");
  await dialog.getByRole("button", { name: "Add to the plan" }).click();
  await expect(dialog.getByRole("button", { name: "Say: And who checks it?" })).toBeVisible();
  await dialog.getByRole("button", { name: "Reword: And who checks it?" }).click();
  const words = dialog.getByRole("textbox", { name: "In other words" });
  await expect(words).toHaveValue("And who checks it?");
  await noFinding(page);
  await words.fill("And who checks what it says?");
  await dialog.getByRole("button", { name: "Keep", exact: true }).click();
  await expect(dialog.getByRole("button", { name: "Say: And who checks what it says?" })).toBeVisible();
  const download = page.waitForEvent("download");
  await dialog.getByRole("button", { name: "Save as a lesson file" }).click();
  const saved = await download;
  expect(saved.suggestedFilename()).toBe("chatlab-Why-write-if-a-machine-can.lesson.toml");
  const file = await readFile(await saved.path(), "utf8");
  expect(file).toContain('say = "And who checks what it says?"');

  await page.goto("/");
  await page.getByRole("button", { name: "Open a file" }).click();
  const wrong = {
    name: "x.toml",
    mimeType: "application/toml",
    buffer: Buffer.from(file.replace("topic =", "topik =")),
  };
  await files(page).setInputFiles(wrong);
  await expect(page.getByRole("alert")).toContainText(/Line \d+:.*topik/);
  await files(page).setInputFiles(await saved.path());
  await dialog.getByRole("button", { name: "Rehearse" }).click();
  await expect(page.getByText(/^This is a rehearsal/)).toBeVisible();
  await speak(page, 1);
  await page.getByRole("button", { name: "Hold it for real" }).click();
  await expect(page.getByText(/^This is a rehearsal/)).toBeHidden();
});

test("the table of the first page is saved as a lesson file", async ({ page }) => {
  await page.goto("/");
  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: "Save this table" }).click();
  const file = await readFile(await (await download).path(), "utf8");
  expect(file).toContain('character = "john-dewey"  # John Dewey');
});
