// Watches a browser's pages: a script that runs, a dialog, a violation of the page's policy, a request that leaves.
import { expect, type BrowserContext, type Locator, type Page } from "@playwright/test";

export interface Guard {
  /** Fails with everything that was seen so far. */
  clean: (where: string) => void;
}

/** `allowed`: the origins, and the addresses of files, that may be asked. */
export async function guard(context: BrowserContext, allowed: string[]): Promise<Guard> {
  const seen: string[] = [];
  await context.exposeFunction("xss", (number: number) => {
    seen.push(`payload ${String(number)} ran`);
  });
  await context.exposeFunction("policyViolated", (words: string) => {
    seen.push(words);
  });
  await context.addInitScript(() => {
    document.addEventListener("securitypolicyviolation", (event) => {
      const page = window as unknown as { policyViolated: (words: string) => void };
      page.policyViolated(
        `the policy forbade ${event.violatedDirective} ${event.blockedURI} ${event.sample}`,
      );
    });
  });
  context.on("dialog", (dialog) => {
    seen.push(`a dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  context.on("request", (request) => {
    const { origin, protocol, href } = new URL(request.url());
    if (!["data:", "blob:"].includes(protocol) && !allowed.includes(origin) && !allowed.includes(href))
      seen.push(`a request: ${request.url()}`);
  });
  return {
    clean: (where) => {
      expect(seen, where).toEqual([]);
    },
  };
}

/** What a reader could press: nothing leads into a script, everything else opens a page that knows nothing of this one. */
export async function linksAreHarmless(page: Page): Promise<number> {
  const links = await page.locator("a[href], area[href], [formaction], form[action]").evaluateAll((found) =>
    found.map((one) => ({
      href:
        (one as HTMLAnchorElement).href || one.getAttribute("formaction") || one.getAttribute("action") || "",
      target: one.getAttribute("target"),
      rel: one.getAttribute("rel") ?? "",
    })),
  );
  const own = new URL(page.url()).origin;
  for (const { href, target, rel } of links) {
    const { protocol, origin } = new URL(href);
    expect(["http:", "https:"], href).toContain(protocol);
    if (origin === own) continue;
    expect(target, href).toBe("_blank");
    expect(rel, href).toContain("noopener");
  }
  return links.filter(({ href }) => new URL(href).origin !== own).length;
}

const visible = (text: string): string => text.replace(/[\s\p{Cf}]/gu, "");

/** These texts stand there letter by letter, as text; spaces and what no eye sees do not count. */
export async function shows(place: Locator, texts: readonly string[]): Promise<void> {
  const missing = async () => {
    const shown = visible((await place.textContent()) ?? "");
    return texts.filter((text) => !shown.includes(visible(text)));
  };
  await expect.poll(missing, { intervals: [50] }).toEqual([]);
}
