// Coming in with the owner's link.
import { screen, waitFor } from "@testing-library/react";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { CONFIG, fakeServer, open } from "@/test/page";

const USER = { id: "u1", kind: "guest", name: "", email: null };
const locked = {
  "GET /api/config": () =>
    [200, { ...CONFIG, auth: { ...CONFIG.auth, guest: false, start: true } }] as [number, unknown],
};

/** The page with a session that has not begun yet. */
async function freshPage() {
  vi.resetModules();
  return (await import("./StartPage")).default;
}

function door() {
  return {
    ...locked,
    "POST /api/auth/guest": ({ body }: { body: unknown }) =>
      (body as { code?: string }).code === "GOOD"
        ? ([200, { access_token: "T", expires_in: 100, user: USER }] as [number, unknown])
        : ([403, { code: "not_allowed", detail: "No." }] as [number, unknown]),
  };
}

beforeEach(() => {
  sessionStorage.clear();
});

describe("the owner's link", () => {
  it("opens once and leads to the first page", async () => {
    const { calls } = fakeServer(door());
    const StartPage = await freshPage();
    open(<StartPage />, "/start#GOOD");
    await waitFor(() => {
      expect(window.location.pathname).toBe("/");
    });
    expect(window.location.hash).toBe("");
    expect(calls.filter(({ path }) => path === "/api/auth/guest").map(({ body }) => body)).toEqual([
      { code: "GOOD" },
    ]);
  });

  it("says in plain words when it has been used, and takes another", async () => {
    fakeServer(door());
    const StartPage = await freshPage();
    const user = open(<StartPage />, "/start#USED");
    const code = await screen.findByRole("textbox", { name: "Code" });
    expect(code).toHaveAccessibleDescription(/has been used already/);
    await user.clear(code);
    await user.type(code, "http://chat.test/start#GOOD{Enter}");
    await waitFor(() => {
      expect(window.location.pathname).toBe("/");
    });
  });

  it("is not needed where guests are welcome", async () => {
    fakeServer();
    const StartPage = await freshPage();
    const user = open(<StartPage />, "/start");
    await user.click(await screen.findByRole("button", { name: "Choose a cast" }));
    expect(window.location.pathname).toBe("/");
  });
});
