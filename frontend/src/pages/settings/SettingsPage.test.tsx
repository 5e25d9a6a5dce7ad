// What can be set.
import { screen, waitFor } from "@testing-library/react";
import { afterEach, describe, expect, it } from "vitest";
import { setTheme, setTypeSize } from "@/lib/theme";
import { CONFIG, fakeServer, open } from "@/test/page";
import SettingsPage from "./SettingsPage";

afterEach(() => {
  setTheme("system");
  setTypeSize("normal");
});

describe("settings", () => {
  it("changes theme and type size at once", async () => {
    fakeServer();
    const user = open(<SettingsPage />, "/settings");
    await user.click(await screen.findByRole("radio", { name: "Dark" }));
    await user.click(screen.getByRole("radio", { name: "Larger" }));
    expect(document.documentElement.dataset).toMatchObject({ theme: "dark", typeSize: "larger" });
  });

  it("says that the voices are the demo's and how to give them a key", async () => {
    fakeServer();
    open(<SettingsPage />, "/settings");
    expect(await screen.findByText(/these are ChatLab’s demo voices/)).toBeInTheDocument();
    expect(screen.getByText("ANTHROPIC_API_KEY=…")).toBeInTheDocument();
  });

  it("says whose model speaks", async () => {
    fakeServer({ "GET /api/config": () => [200, { ...CONFIG, demo: false, provider: "anthropic" }] });
    open(<SettingsPage />, "/settings");
    expect(await screen.findByText("Anthropic’s model speaks for the characters.")).toBeInTheDocument();
    expect(screen.queryByText(/API_KEY/)).toBeNull();
  });

  it("keeps one's name", async () => {
    const { calls } = fakeServer({
      "PATCH /api/me": ({ body }) => [200, { id: "u1", kind: "guest", email: null, ...(body as object) }],
    });
    const user = open(<SettingsPage />, "/settings");
    await user.type(await screen.findByRole("textbox", { name: "Your name" }), "Ms Frizzle");
    await user.click(screen.getByRole("button", { name: "Save name" }));
    expect(await screen.findByText("Saved")).toBeInTheDocument();
    expect(calls.find(({ method }) => method === "PATCH")?.body).toEqual({ name: "Ms Frizzle" });
  });

  it("fetches the photographs and tells which failed", async () => {
    const done = {
      state: "idle",
      available: 3,
      fetched: 2,
      failed: [{ character_id: "plato", reason: "The file is gone." }],
      items: {},
    };
    let begun = false;
    fakeServer({
      "GET /api/portraits": () => [200, begun ? done : { ...done, fetched: 0, failed: [] }],
      "POST /api/portraits": () => {
        begun = true;
        return [202, { ...done, state: "running", fetched: 1, failed: [] }];
      },
    });
    const user = open(<SettingsPage />, "/settings");
    await user.click(await screen.findByRole("button", { name: "Fetch photographs" }));
    expect(await screen.findByText("1 of 3 are here")).toBeInTheDocument();
    await waitFor(
      () => {
        expect(screen.getByText(/2 of 3 are here; one could not be fetched/)).toBeInTheDocument();
      },
      { timeout: 3_000 },
    );
    expect(await screen.findByText("Plato")).toBeInTheDocument();
    expect(screen.getByText("The file is gone.")).toBeInTheDocument();
  });

  it("shows the rest when the photographs cannot be asked about", async () => {
    fakeServer({ "GET /api/portraits": () => [500, { code: "internal", detail: "Something broke." }] });
    open(<SettingsPage />, "/settings");
    expect(await screen.findByText("Something broke.")).toBeInTheDocument();
    expect(screen.getByRole("heading", { name: "Settings" })).toBeInTheDocument();
  });
});
