// Who one is, as people meet it: registering, signing in and out, tokens, one's data, the door of a closed house, admins.
import { readFile } from "node:fs/promises";
import type { Page } from "@playwright/test";
import { startServer, testOn } from "./server";
import { accessible, expect, launch, settled, speak, test } from "./support";

const PASSWORD = "grandmother's green bicycle";
const NEW_PASSWORD = "the ferry leaves at dawn";

const button = (page: Page, name: string) => page.getByRole("button", { name, exact: true });
const email = (page: Page) => page.getByRole("textbox", { name: "Email" });
const password = (page: Page) => page.getByLabel("Password", { exact: true });

async function fillIn(page: Page, address: string, secret: string): Promise<void> {
  await email(page).fill(address);
  await password(page).fill(secret);
}

async function signIn(page: Page, address: string, secret: string): Promise<void> {
  await page.goto("/sign-in");
  await fillIn(page, address, secret);
  await button(page, "Sign in").click();
}

/** Opens an account on a server of one's own. */
async function register(page: Page, address: string): Promise<void> {
  await page.goto("/sign-in");
  await fillIn(page, address, PASSWORD);
  await button(page, "Create account").click();
  await expect(page).toHaveURL(/\/$/);
}

const inSettings = async (page: Page) => {
  await page.goto("/settings");
  await settled(page);
};

const inHouse = testOn(() => startServer({ ADMIN_EMAILS: "head@example.org" }));

inHouse.describe("a house with accounts", () => {
  inHouse("from guest to account and out again", async ({ page, server }) => {
    test.setTimeout(90_000);
    const address = "ada@example.org";
    await launch(page, "What is a bicycle for?");
    await speak(page, 1);

    await inSettings(page);
    await page.getByRole("link", { name: "Create account" }).click();
    await expect(page.getByText(/takes your discussions along/)).toBeVisible();
    await fillIn(page, address, "short");
    await page.getByRole("textbox", { name: "Name" }).fill("Ada");
    await button(page, "Create account").click();
    await expect(password(page)).toHaveAccessibleDescription(/8 to 200 characters/);
    await expect(email(page)).toHaveValue(address);
    await fillIn(page, address, "password123");
    await button(page, "Create account").click();
    await expect(password(page)).toHaveAccessibleDescription(/anybody would try/);
    await fillIn(page, address, PASSWORD);
    await button(page, "Create account").click();
    await expect(page).toHaveURL(/\/$/);
    await page.getByRole("link", { name: "History" }).click();
    await expect(page.getByRole("link", { name: "What is a bicycle for?" })).toBeVisible();

    await inSettings(page);
    await expect(page.getByText(`You are signed in as ${address}.`)).toBeVisible();
    await expect(page.getByRole("list", { name: "Where you are signed in" })).toContainText(
      "Chrome on Linux (here)",
    );
    await button(page, "Sign out here").click();
    await expect(page).toHaveURL(/sign-in/);
    await page.goto("/history");
    await expect(page.getByText("What is a bicycle for?")).toBeHidden();

    await signIn(page, address, "not this one at all");
    await expect(page.getByRole("alert")).toHaveText("The address or the password is not right.");
    await expect(email(page)).toHaveValue(address);
    await button(page, "Forgotten password").click();
    await expect(page.getByText("This ChatLab sends no mail.")).toBeVisible();

    await page.goto(await server.command("reset-link", address));
    await page.getByLabel("New password", { exact: true }).fill(NEW_PASSWORD);
    await button(page, "Set the password").click();
    await expect(page).toHaveURL(/\/$/);
    await page.getByRole("link", { name: "History" }).click();
    await expect(page.getByRole("link", { name: "What is a bicycle for?" })).toBeVisible();
  });

  inHouse("tokens, one's data, and an account that is deleted", async ({ page, request }) => {
    await register(page, "ben@example.org");
    await launch(page, "Is a library a school?");
    await inSettings(page);
    await page.getByText("Make a token").click();
    await page.getByRole("textbox", { name: "Token name" }).fill("Homework");
    await button(page, "Make the token").click();
    const token = await page.getByRole("group", { name: "The new token" }).locator("code").innerText();
    expect(token).toMatch(/^clt_/);
    const headers = { Authorization: `Bearer ${token}` };
    expect((await request.get("/api/discussions", { headers })).status()).toBe(200);
    await page.reload();
    await expect(page.getByRole("list", { name: "Tokens" })).toContainText(
      /Homework\s*reads, .*, last used today/,
    );
    await expect(page.getByText(token)).toBeHidden();
    await button(page, "Delete the token Homework").click();
    await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
    await expect(page.getByRole("list", { name: "Tokens" })).toBeHidden();
    expect((await request.get("/api/discussions", { headers })).status()).toBe(401);

    const coming = page.waitForEvent("download");
    await button(page, "Download my data").click();
    const file = await coming;
    expect(file.suggestedFilename()).toBe("chatlab-my-data.zip");
    const bytes = await readFile(await file.path());
    expect(bytes.subarray(0, 2).toString()).toBe("PK");
    expect(bytes.includes("Is a library a school?")).toBe(true);

    await button(page, "Delete my account").click();
    const dialog = page.getByRole("dialog");
    const final = dialog.getByRole("button", { name: "Delete my account" });
    await expect(final).toHaveAttribute("aria-disabled", "true");
    await dialog.getByRole("textbox").fill("delete");
    await final.click();
    await expect(page).toHaveURL(/sign-in/);
    await signIn(page, "ben@example.org", PASSWORD);
    await expect(page.getByRole("alert")).toHaveText("The address or the password is not right.");
    expect(await page.context().cookies()).toEqual([]);
  });

  inHouse(
    "what one has set is there on every device, and in new discussions",
    async ({ page, browser, server }) => {
      await register(page, "cleo@example.org");
      await inSettings(page);
      await page.getByRole("radio", { name: "Dark" }).click();
      await page.getByRole("radio", { name: "Short" }).click();
      await page.getByRole("radio", { name: "Fourteen" }).click();
      await page.getByRole("combobox", { name: "Language you discuss in" }).selectOption("fr");
      const kept = async () => {
        const answer = page.waitForResponse(
          (response) => response.url().endsWith("/api/me") && response.request().method() === "GET",
        );
        await page.reload();
        return (await (await answer).json()) as { preferences: object };
      };
      await expect
        .poll(async () => (await kept()).preferences)
        .toEqual({ theme: "dark", type_size: "normal", length: "short", level: "14", language: "fr" });

      const device = await (await browser.newContext({ baseURL: server.url })).newPage();
      await signIn(device, "cleo@example.org", PASSWORD);
      await expect(device.locator("html")).toHaveAttribute("data-theme", "dark");
      await expect(device.getByRole("textbox", { name: "Topic" })).toHaveAttribute("lang", "fr");
      const made = device.waitForResponse(
        (response) => response.url().endsWith("/api/discussions") && response.request().method() === "POST",
      );
      await launch(device, "Où commence la curiosité ?");
      expect(await (await made).json()).toMatchObject({ length: "short", level: "14" });

      await inSettings(page);
      await page.getByRole("button", { name: /^Sign out Chrome on Linux, last seen/ }).click();
      await expect(device.getByText("You have been signed out")).toBeVisible();
      await device.context().close();
    },
  );

  inHouse(
    "two tabs that renew at the same moment stay signed in, and a copied cookie signs out both",
    async ({ context, server }) => {
      const [one, other] = [await context.newPage(), await context.newPage()];
      await register(one, "dora@example.org");
      await other.goto("/history");
      // Both begin anew at once, and ask for a token with the one cookie they share.
      for (let round = 0; round < 3; round += 1) {
        await Promise.all([one.goto("/settings"), other.goto("/settings")]);
        for (const tab of [one, other])
          await expect(tab.getByText("You are signed in as dora@example.org.")).toBeVisible();
      }
      const stolen = await context.storageState();
      await one.goto("/settings");
      await expect(one.getByText("You are signed in as dora@example.org.")).toBeVisible();
      const thief = await context.browser()?.newContext({ baseURL: server.url, storageState: stolen });
      const theirs = await thief?.newPage();
      await theirs?.goto("/settings");
      if (theirs) await expect(button(theirs, "Sign in")).toBeVisible();
      await other.goto("/settings");
      await expect(other.getByText("You have been signed out")).toBeVisible();
      await thief?.close();
    },
  );

  inHouse(
    "an admin sees what is used and takes data away, which is written down",
    async ({ page, server }) => {
      await page.goto("/admin");
      await expect(page.getByText("This is for the owner and the admins")).toBeVisible();
      await page.goto("/sign-in");
      await fillIn(page, "head@example.org", PASSWORD);
      await button(page, "Create account").click();
      await expect(page).toHaveURL(/\/$/);
      await page.goto(await server.command("confirm-link", "head@example.org"));
      await expect(page.getByRole("heading", { name: "Your address is confirmed" })).toBeVisible();
      await page.goto("/settings");
      await page.getByRole("link", { name: "Administration" }).click();
      await expect(page.getByText("Live connections")).toBeVisible();
      await button(page, "Make a link").click();
      await expect(page.getByRole("group", { name: "The invitation link" })).toContainText("/invitation#");
      for (const name of ["Transcripts as CSV", "Activity as JSON lines"]) {
        const coming = page.waitForEvent("download");
        await button(page, name).click();
        expect((await coming).suggestedFilename()).toMatch(/^chatlab-(transcripts\.csv|activity\.jsonl)$/);
      }
      await expect(page.getByRole("list", { name: "Downloads so far" }).getByRole("listitem")).toHaveCount(2);
      await accessible(page);
    },
  );

  inHouse("a visit is noted without a word of what was written", async ({ page }) => {
    const noted: string[] = [];
    page.on("request", (request) => {
      if (request.url().endsWith("/api/activity")) noted.push(request.postData() ?? "");
    });
    await register(page, "eve@example.org");
    await page.getByRole("checkbox", { name: /^Plato/ }).click();
    await page.getByRole("textbox", { name: "Topic" }).fill("Why do owls turn their heads?");
    await button(page, "Launch Discussion").click();
    await page.getByRole("textbox", { name: "Message" }).fill("A parliament of owls");
    await button(page, "Send").click();
    for (const kind of ["page_view", "character_chosen", "discussion_launched", "text_input", "action"])
      await expect.poll(() => noted.join(), { timeout: 10_000 }).toContain(`"kind":"${kind}"`);
    expect(noted.join()).not.toMatch(/owl/i);
  });
});

const inClosedHouse = testOn(() => startServer({ GUEST_ACCESS: "false", REGISTRATION: "invite" }));

inClosedHouse.describe("a closed house", () => {
  inClosedHouse(
    "opens to its owner, and to those whom the owner invites",
    async ({ page, browser, server }) => {
      await page.goto("/history");
      await expect(button(page, "Sign in")).toBeVisible();
      await expect(button(page, "Create account")).toBeHidden();
      await expect(button(page, "Continue as guest")).toBeHidden();
      await page.goto(await server.command("owner-link"));
      await expect(page.getByRole("heading", { name: "What shall they discuss?" })).toBeVisible();
      await page.goto("/sign-in?new");
      await fillIn(page, "owner@example.org", PASSWORD);
      await button(page, "Create account").click();
      await expect(page).toHaveURL(/\/$/);
      await page.goto("/admin");
      await page.getByRole("spinbutton", { name: "For how many accounts" }).fill("2");
      await button(page, "Make a link").click();
      const link = await page.getByRole("group", { name: "The invitation link" }).locator("code").innerText();
      await accessible(page);

      const colleague = await (await browser.newContext()).newPage();
      await colleague.goto(link);
      await fillIn(colleague, "colleague@example.org", PASSWORD);
      await colleague.getByRole("textbox", { name: "Name" }).fill("A colleague");
      await button(colleague, "Create account").click();
      await expect(colleague.getByRole("heading", { name: "What shall they discuss?" })).toBeVisible();
      await colleague.context().close();

      await page.reload();
      await page.getByRole("button", { name: /^End the invitation: For one account still/ }).click();
      await expect(page.getByRole("list", { name: "Open invitations" })).toBeHidden();
      const late = await (await browser.newContext()).newPage();
      await late.goto(link);
      await fillIn(late, "late@example.org", PASSWORD);
      await button(late, "Create account").click();
      await expect(late.getByRole("alert")).toContainText("needs an invitation");
      await late.context().close();
    },
  );

  inClosedHouse("its door has no finding", async ({ page }) => {
    await page.goto("/");
    await settled(page);
    await accessible(page);
  });
});

for (const path of ["/sign-in", "/sign-in?new", "/sign-in?problem=expired", "/reset#secret"]) {
  test(`${path} has no finding`, async ({ page }) => {
    await page.goto(path);
    await settled(page);
    await accessible(page);
  });
}

test("the first visit asks for nothing and is refused nothing", async ({ page }) => {
  const complaints: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(message.text());
  });
  await page.goto("/");
  await settled(page);
  await page.getByRole("checkbox", { name: /^John Dewey/ }).waitFor();
  await page.goto("/history");
  await settled(page);
  expect(complaints).toEqual([]);
});

test("who stands at the door may go on as a guest", async ({ page }) => {
  await page.goto("/sign-in");
  await button(page, "Continue as guest").click();
  await expect(page.getByRole("heading", { name: "What shall they discuss?" })).toBeVisible();
});
