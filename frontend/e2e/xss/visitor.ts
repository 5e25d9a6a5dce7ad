// Somebody with a browser that is watched, at a place of their own.
import { expect, type Browser, type BrowserContext, type Locator, type Page } from "@playwright/test";
import type { Server } from "../server";
import { Api } from "./api";
import { guard, linksAreHarmless, shows, type Guard } from "./guard";
import { ADMIN, startPlace } from "./place";

export class Visitor {
  readonly context: BrowserContext;
  /** The API as the pages' own user. */
  readonly api: Api;
  readonly #place: Server;
  readonly #watching: Guard;

  private constructor(place: Server, context: BrowserContext, watching: Guard, api: Api) {
    this.#place = place;
    this.context = context;
    this.#watching = watching;
    this.api = api;
  }

  static async arrive(browser: Browser): Promise<Visitor> {
    const place = await startPlace();
    const { url } = place;
    const context = await browser.newContext({ baseURL: url, viewport: { width: 1280, height: 800 } });
    const watching = await guard(context, [url]);
    return new Visitor(place, context, watching, await Api.guest(context.request, url));
  }

  async open(path: string): Promise<Page> {
    const page = await this.context.newPage();
    await page.goto(path);
    return page;
  }

  /** What they have made so far is an admin's from here on. */
  async becomesAdmin(): Promise<void> {
    const page = await this.open("/sign-in");
    await page.getByRole("textbox", { name: "Email" }).fill(ADMIN);
    await page.getByLabel("Password", { exact: true }).fill("grandmother's green bicycle");
    await page.getByRole("button", { name: "Create account", exact: true }).click();
    await expect(page).toHaveURL(/\/$/);
    await page.goto(await this.#place.command("confirm-link", ADMIN));
    await expect(page.getByRole("heading", { name: "Your address is confirmed" })).toBeVisible();
    await page.close();
  }

  /** A dialog is looked at, and closed. */
  async looksInto(page: Page, name: string | RegExp, texts: readonly string[]): Promise<void> {
    const dialog = page.getByRole("dialog", { name });
    await shows(dialog, texts);
    await this.look(page);
    await page.keyboard.press("Escape");
    await expect(dialog).toBeHidden();
  }

  /** At the page as it stands; so many links lead elsewhere. */
  async look(page: Page): Promise<number> {
    const leading = await linksAreHarmless(page);
    this.#watching.clean(page.url());
    return leading;
  }

  async leave(page: Page): Promise<void> {
    await this.look(page);
    await page.close();
  }

  async depart(): Promise<void> {
    await this.context.close();
    await this.#place.stop();
  }
}

/** Where a file is put in. */
export const chooser = (dialog: Locator): Locator => dialog.locator("input[type=file]");
