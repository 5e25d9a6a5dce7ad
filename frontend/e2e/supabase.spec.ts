// Signing in by Supabase, against a small stand-in for it on this machine.
import type { Page } from "@playwright/test";
import { startGoTrue, type GoTrue } from "./gotrue";
import { startServer, testOn } from "./server";
import { expect, launch, next, settled, speak, transcript } from "./support";

const PASSWORD = "grandmother's green bicycle";
const button = (page: Page, name: string) => page.getByRole("button", { name, exact: true });

const test = testOn(async () => {
  const supabase = await startGoTrue();
  const server = await startServer({ SUPABASE_URL: supabase.url, SUPABASE_KEY: "sb_publishable_test" });
  const stop = async () => {
    await server.stop();
    await supabase.stop();
  };
  return { ...server, supabase, stop };
});

test.beforeEach(({ server: { supabase } }) => {
  supabase.life = 3_600;
});

async function fillIn(page: Page, address: string, secret: string): Promise<void> {
  await page.getByRole("textbox", { name: "Email" }).fill(address);
  await page.getByLabel("Password", { exact: true }).fill(secret);
}

const lastLetter = (supabase: GoTrue) => supabase.letters.at(-1)?.link ?? "";
const inside = (page: Page) =>
  expect(page.getByRole("heading", { name: "What shall they discuss?" })).toBeVisible();

/** A new account, confirmed by its letter. */
async function register(page: Page, supabase: GoTrue, address: string): Promise<void> {
  await page.goto("/sign-in?new");
  await fillIn(page, address, PASSWORD);
  await button(page, "Create account").click();
  await expect(page.getByText(`A letter is on its way to ${address}.`)).toBeVisible();
  await page.goto(lastLetter(supabase));
  await expect(page.getByRole("heading", { name: "You are in" })).toBeVisible();
}

test("a guest registers, confirms, keeps their discussions; forgets the password, and sets another", async ({
  page,
  server: { supabase },
}) => {
  await launch(page, "What is a letter worth?");
  await register(page, supabase, "ada@example.org");
  await page.goto("/history");
  await expect(page.getByRole("link", { name: "What is a letter worth?" })).toBeVisible();

  await page.goto("/settings");
  await button(page, "Sign out here").click();
  await expect(page).toHaveURL(/sign-in/);
  await fillIn(page, "ada@example.org", "not this one");
  await button(page, "Sign in").click();
  await expect(page.getByRole("alert")).toHaveText("The address or the password is not right.");
  await button(page, "Forgotten password").click();
  await button(page, "Send the link").click();
  await expect(page.getByText(/a letter is on its way/)).toBeVisible();
  await page.goto(lastLetter(supabase));
  await page.getByLabel("New password", { exact: true }).fill("the ferry leaves at dawn");
  await button(page, "Set the password").click();
  await inside(page);
  await page.goto("/history");
  await expect(page.getByRole("link", { name: "What is a letter worth?" })).toBeVisible();
});

test("Google and Microsoft lead in", async ({ page }) => {
  for (const name of ["Continue with Google", "Continue with Microsoft 365"]) {
    await page.goto("/sign-in");
    await button(page, name).click();
    await expect(page.getByText("Signed in as From Outside.")).toBeVisible();
    await button(page, "Sign out").click();
    await expect(button(page, "Sign in")).toBeVisible();
  }
});

test("a token that ends closes the socket, and the page is back within a second", async ({
  page,
  server: { supabase },
}) => {
  await register(page, supabase, "bea@example.org");
  const closed: number[] = [];
  const opened: number[] = [];
  page.on("websocket", (socket) => {
    opened.push(Date.now());
    socket.on("close", () => closed.push(Date.now()));
  });
  supabase.life = 6;
  await page.evaluate(() => {
    // The session as it was; the next renewal brings a short one.
    const kept = JSON.parse(localStorage.getItem("chatlab.supabase") ?? "{}") as Record<string, unknown>;
    localStorage.setItem("chatlab.supabase", JSON.stringify({ ...kept, expires_at: 1 }));
  });
  await launch(page, "How long is a moment?");
  await speak(page, 1);
  await expect.poll(() => closed.length, { timeout: 15_000 }).toBeGreaterThan(0);
  await expect.poll(() => opened.length).toBeGreaterThan(1);
  expect((opened[1] ?? Infinity) - (closed[0] ?? 0)).toBeLessThan(1_000);
  await next(page).click();
  await expect(transcript(page).locator("article:not([aria-busy])")).toHaveCount(2, { timeout: 10_000 });
});

test("two tabs that renew at the same moment stay signed in", async ({ context, server: { supabase } }) => {
  const [one, other] = [await context.newPage(), await context.newPage()];
  await register(one, supabase, "cleo@example.org");
  for (let round = 0; round < 3; round += 1) {
    await one.evaluate(() => {
      const kept = JSON.parse(localStorage.getItem("chatlab.supabase") ?? "{}") as Record<string, unknown>;
      localStorage.setItem("chatlab.supabase", JSON.stringify({ ...kept, expires_at: 1 }));
    });
    await Promise.all([one.goto("/settings"), other.goto("/settings")]);
    for (const tab of [one, other]) {
      await settled(tab);
      await expect(tab.getByText("You are signed in as cleo.")).toBeVisible();
    }
  }
});

test("without Supabase none of its library is loaded", async ({ page }) => {
  const own = await startServer();
  const scripts: string[] = [];
  page.on("request", (request) => scripts.push(request.url()));
  await page.goto(`${own.url}/sign-in`);
  await settled(page);
  expect(scripts.filter((url) => url.includes("supabase"))).toEqual([]);
  await own.stop();
});
