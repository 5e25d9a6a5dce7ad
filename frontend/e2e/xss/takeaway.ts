// What holds for every file that is handed out, whoever opens it with whatever program.
import { writeFile } from "node:fs/promises";
import { pathToFileURL } from "node:url";
import { expect, test, type Browser, type Page } from "@playwright/test";
import type { Taken } from "./api";
import { guard } from "./guard";

/** It is saved, not shown; under a name that is one everywhere; and nobody guesses what it is. Its name, whole. */
export function isSaved({ type, disposition, sniff }: Taken, expected: string): string {
  expect(type.split(";")[0]).toBe(expected);
  expect(sniff).toBe("nosniff");
  const parts = /^attachment; filename="[\w.-]+"; filename\*=UTF-8''([\w.%-]+)$/.exec(disposition);
  expect(parts, disposition).not.toBeNull();
  const name = decodeURIComponent(parts?.[1] ?? "");
  expect(name).toMatch(/^chatlab-[\p{L}\p{N}-]+\.[a-z.]+$/u);
  return name;
}

/** A page that shows a file with the network unplugged. */
export async function offline(browser: Browser, html: string): Promise<void> {
  const alone = await browser.newContext({ offline: true });
  const quiet = await guard(alone, []);
  const page = await alone.newPage();
  await page.setContent(html, { waitUntil: "load" });
  await linksIn(page);
  quiet.clean(html.slice(0, 80));
  await alone.close();
}

/** A file as it lies on a disk, opened by a double click; whatever the browser does not show it saves again. */
export async function fromDisk(browser: Browser, name: string, content: string | Buffer): Promise<void> {
  const path = test.info().outputPath(name);
  await writeFile(path, content);
  const { href } = pathToFileURL(path);
  const alone = await browser.newContext({ offline: true });
  const quiet = await guard(alone, [href]);
  const page = await alone.newPage();
  await page.goto(href).catch((error: unknown) => {
    expect(String(error)).toContain("Download is starting");
  });
  quiet.clean(name);
  await alone.close();
}

async function linksIn(page: Page): Promise<void> {
  const links = await page
    .locator("[href]")
    .evaluateAll((found) => found.map((one) => (one as HTMLAnchorElement).href));
  for (const href of links) expect(href).toMatch(/^(https?:|about:blank#)/);
}

/** Whether a spreadsheet reckons with it. */
export const isFormula = (cell: string): boolean => /^\s*[=+\-@|%＝＋－＠]/.test(cell);

/** The cells of a table, as RFC 4180 has them. */
export function cellsOf(csv: string): string[] {
  const quoted = [...csv.matchAll(/"((?:[^"]|"")*)"(?=[,\r]|$)/g)];
  return quoted.map(([, cell = ""]) => cell.replaceAll('""', '"')).filter((cell) => cell !== "");
}

/** Its parts are stored as they are: read as XML, with nothing in them that is not the format's own or points elsewhere. */
export async function documentIsWhole(browser: Browser, docx: string): Promise<void> {
  const [document = ""] = /<w:document[^]*<\/w:document>/.exec(docx) ?? [];
  expect(docx).not.toContain("TargetMode");
  expect([...docx.matchAll(/ Target="([^"]*)"/g)].map(([, target]) => target)).toEqual([
    "word/document.xml",
    "styles.xml",
  ]);
  const page = await browser.newPage();
  const names = await page.evaluate((xml) => {
    const parsed = new DOMParser().parseFromString(xml, "application/xml");
    return [...new Set([...parsed.querySelectorAll("*")].map((one) => one.nodeName))];
  }, document);
  await page.close();
  expect(names.filter((name) => !name.startsWith("w:"))).toEqual([]);
  expect(names).not.toContain("w:hyperlink");
}

/** The names in an archive, by its directory. */
export function namesIn(zip: Buffer): string[] {
  const end = zip.lastIndexOf("PK\x05\x06", undefined, "latin1");
  let at = zip.readUInt32LE(end + 16);
  return Array.from({ length: zip.readUInt16LE(end + 10) }, () => {
    const [name = 0, extra = 0, comment = 0] = [28, 30, 32].map((field) => zip.readUInt16LE(at + field));
    const called = zip.toString("utf8", at + 46, at + 46 + name);
    at += 46 + name + extra + comment;
    return called;
  });
}

/** The card in a picture. */
export function cardIn(png: Buffer): string {
  const keyword = "tEXtchara\0";
  const at = png.indexOf(keyword, "latin1");
  const end = at + 4 + png.readUInt32BE(at - 4);
  return Buffer.from(png.toString("latin1", at + keyword.length, end), "base64").toString("utf8");
}
