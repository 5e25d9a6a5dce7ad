// The door, as each kind of server has it.
import { screen, waitFor } from "@testing-library/react";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { CONFIG, fakeServer, open } from "@/test/page";

type Answer = [number, unknown];
const USER = { id: "u2", kind: "account", name: "Ada", email: "ada@example.org", preferences: {} };
const GRANT = { access_token: "A", expires_in: 900, user: USER };
const config = (auth: object) => ({
  "GET /api/config": () => [200, { ...CONFIG, auth: { ...CONFIG.auth, ...auth } }] as Answer,
});

/** The page with a session that has not begun yet. */
async function freshDoor(door: "sign-in" | "invitation" | "reset" | "confirm") {
  vi.resetModules();
  const { default: SignInPage } = await import("./SignInPage");
  return <SignInPage door={door} />;
}

beforeEach(() => {
  sessionStorage.clear();
  document.cookie = "chatlab_login=; Max-Age=0";
});

async function fillIn(user: ReturnType<typeof open>, password: string) {
  await user.type(await screen.findByRole("textbox", { name: "Email" }), "ada@example.org");
  await user.type(screen.getByLabelText("Password"), password);
}

describe("the door", () => {
  it("keeps what was typed when the password is wrong, and leads in when it is right", async () => {
    const { calls } = fakeServer({
      ...config({ registration: "open" }),
      "POST /api/auth/login": ({ body }) =>
        (body as { password: string }).password === "right"
          ? [200, GRANT]
          : [401, { code: "wrong_login", detail: "The address or the password is not right." }],
    });
    const user = open(await freshDoor("sign-in"), "/sign-in");
    await fillIn(user, "wrong{Enter}");
    expect(await screen.findByRole("alert")).toHaveTextContent("The address or the password is not right.");
    expect(screen.getByRole("textbox", { name: "Email" })).toHaveValue("ada@example.org");
    await user.clear(screen.getByLabelText("Password"));
    await user.type(screen.getByLabelText("Password"), "right");
    await user.click(screen.getByRole("button", { name: "Sign in" }));
    await waitFor(() => {
      expect(window.location.pathname).toBe("/");
    });
    expect(calls.some(({ path }) => path === "/api/auth/guest")).toBe(false);
  });

  it("opens an account with an address and a password alone", async () => {
    const { calls } = fakeServer({
      ...config({ registration: "open" }),
      "POST /api/auth/register": () => [200, GRANT],
    });
    const user = open(await freshDoor("sign-in"), "/sign-in");
    await fillIn(user, "several words");
    await user.click(screen.getByRole("button", { name: "Create account" }));
    await waitFor(() => {
      expect(window.location.pathname).toBe("/");
    });
    expect(calls.at(-1)?.body).toEqual({ email: "ada@example.org", password: "several words", name: "ada" });
  });

  it("passes an invitation on", async () => {
    const { calls } = fakeServer({
      ...config({ guest: false, start: true, registration: "invite" }),
      "POST /api/auth/register": () => [200, GRANT],
    });
    const user = open(await freshDoor("invitation"), "/invitation#SECRET");
    await fillIn(user, "several words");
    await user.type(screen.getByRole("textbox", { name: "Name" }), "Ada");
    await user.click(screen.getByRole("button", { name: "Create account" }));
    await waitFor(() => {
      expect(calls.at(-1)?.body).toMatchObject({ invitation: "SECRET", name: "Ada" });
    });
  });

  it("offers only what there is", async () => {
    fakeServer(config({ guest: false, start: true, registration: "closed", providers: ["google"] }));
    open(await freshDoor("sign-in"), "/sign-in");
    expect(await screen.findByRole("button", { name: "Continue with Google" })).toBeVisible();
    expect(screen.queryByRole("button", { name: "Create account" })).toBeNull();
    expect(screen.queryByRole("button", { name: "Continue as guest" })).toBeNull();
    expect(screen.getByRole("link", { name: "Write its code" })).toBeVisible();
  });

  it("says why Google led to nothing", async () => {
    fakeServer(config({}));
    open(await freshDoor("sign-in"), "/sign-in?problem=organisation");
    expect(await screen.findByRole("alert")).toHaveTextContent(/that organisation may not come in/);
  });

  it("confirms an address once its owner has signed in", async () => {
    const { calls } = fakeServer({
      ...config({ registration: "open" }),
      "POST /api/auth/login": () => [200, GRANT],
      "POST /api/auth/confirm": () => [200, { ...USER, email_confirmed: true }],
    });
    const user = open(await freshDoor("confirm"), "/confirm#SECRET");
    await fillIn(user, "right");
    await user.click(screen.getByRole("button", { name: "Sign in" }));
    expect(await screen.findByRole("heading", { name: "Your address is confirmed" })).toBeVisible();
    expect(calls.find(({ path }) => path === "/api/auth/confirm")?.body).toEqual({ token: "SECRET" });
  });
});
