// Copying where a page has no clipboard of its own, as over plain http on a school's network.
import { afterEach, describe, expect, it, vi } from "vitest";
import { copyRich, copyText } from "./clipboard";

/** A browser that asks the page what is copied, as all do; `false`: it refuses. */
function browser(allowed: boolean): Map<string, string> {
  const copied = new Map<string, string>();
  document.execCommand = vi.fn(() => {
    if (!allowed) return false;
    const event = new Event("copy", { bubbles: true, cancelable: true });
    const clipboardData = { setData: (type: string, words: string) => copied.set(type, words) };
    document.activeElement?.dispatchEvent(Object.assign(event, { clipboardData }));
    return true;
  });
  return copied;
}

afterEach(() => {
  expect(document.querySelector("textarea")).toBeNull();
});

describe("without a clipboard", () => {
  const rich = () => ({ html: Promise.resolve("<b>Play</b>"), plain: Promise.resolve("**Play**") });

  it("copies the looks and the words", async () => {
    const copied = browser(true);
    await copyRich(rich());
    expect([...copied]).toEqual([
      ["text/html", "<b>Play</b>"],
      ["text/plain", "**Play**"],
    ]);
    await copyText(Promise.resolve("Work"));
    expect(copied.get("text/plain")).toBe("Work");
  });

  it("says so when nothing was copied", async () => {
    browser(false);
    await expect(copyRich(rich())).rejects.toThrow();
  });
});
