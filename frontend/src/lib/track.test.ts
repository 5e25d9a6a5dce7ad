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

  it("opens no session only to count", async () => {
    const { calls } = fakeServer();
    const { track } = await import("./track");
    track("page_view", { page: "/" });
    leave();
    expect(calls).toEqual([]);
  });
});
