// What is counted, and when it is sent.
import { beforeEach, describe, expect, it, vi } from "vitest";
import { fakeServer } from "@/test/page";

beforeEach(() => {
  vi.resetModules();
});

function leave() {
  Object.defineProperty(document, "visibilityState", { value: "hidden", configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
}

const sent = (calls: { path: string; body: unknown }[]) =>
  calls.filter(({ path }) => path === "/api/activity").map(({ body }) => body);

describe("track", () => {
  it("sends everything together when the page is left", async () => {
    const { calls } = fakeServer();
    const { currentToken } = await import("./session");
    const { track } = await import("./track");
    await currentToken();
    track("page_view", { page: "/" });
    track("character_chosen", { character_id: "plato" });
    leave();
    await vi.waitFor(() => {
      expect(sent(calls)).toMatchObject([
        {
          events: [
            { kind: "page_view", data: { page: "/" } },
            { kind: "character_chosen", data: { character_id: "plato" } },
          ],
        },
      ]);
    });
    expect(calls.at(-1)?.token).toBe("T");
  });

  it("notes which fields are filled in and never what with", async () => {
    const { calls } = fakeServer();
    const { currentToken } = await import("./session");
    const { trackInputs } = await import("./track");
    await currentToken();
    const stop = trackInputs();
    document.body.innerHTML = `
      <label for="name">Your name</label><input id="name" value="Ada" />
      <input aria-label="Password" type="password" value="secret" />
      <label><input type="radio" value="x" />Dark</label>`;
    for (const input of document.querySelectorAll("input"))
      input.dispatchEvent(new Event("change", { bubbles: true }));
    stop();
    leave();
    await vi.waitFor(() => {
      expect(sent(calls)).toMatchObject([
        {
          events: [
            { kind: "text_input", data: { field: "Your name", characters: 3 } },
            { kind: "choice", data: { field: "Dark" } },
          ],
        },
      ]);
    });
    expect(JSON.stringify(sent(calls))).not.toMatch(/Ada|secret/);
  });

  it("notes no names of people's own characters", async () => {
    const { calls } = fakeServer();
    const { currentToken } = await import("./session");
    const { trackInputs } = await import("./track");
    await currentToken();
    const stop = trackInputs();
    document.body.innerHTML = `
      <ul data-field="character"><li><label><input type="checkbox" />Aunt Mary</label></li></ul>
      <label>With <select><option>anyone</option><option>Aunt Mary</option></select></label>`;
    for (const control of document.querySelectorAll("input, select"))
      control.dispatchEvent(new Event("change", { bubbles: true }));
    stop();
    leave();
    await vi.waitFor(() => {
      expect(sent(calls)).toMatchObject([
        {
          events: [
            { kind: "choice", data: { field: "character" } },
            { kind: "choice", data: { field: "With" } },
          ],
        },
      ]);
    });
    expect(JSON.stringify(sent(calls))).not.toMatch(/Mary/);
  });

  it("opens no session only to count", async () => {
    const { calls } = fakeServer();
    const { track } = await import("./track");
    track("page_view", { page: "/" });
    leave();
    expect(calls).toEqual([]);
  });
});
