// The test of the voices: what is wrong is said in plain words.
import { screen } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import type { Config } from "@/lib/config";
import { CONFIG, fakeServer, open } from "@/test/page";
import { Voices } from "./Voices";

describe("the test of the voices", () => {
  const auth: Config["auth"] = { ...CONFIG.auth, mode: "own" };
  const config: Config = { ...CONFIG, auth, demo: false, provider: "anthropic" };

  it("says which model answers and what is wrong with the other", async () => {
    const items = [
      {
        provider: "anthropic",
        title: "Anthropic",
        model: "m",
        works: true,
        text: "It works: m answers.",
        duration_ms: 840,
      },
      {
        provider: "external",
        title: "the external provider",
        model: "",
        works: false,
        text: "The external provider cannot be reached. Check the network and EXTERNAL_API_BASE_URL.",
        duration_ms: 5,
      },
    ];
    fakeServer({ "POST /api/providers/test": () => [200, { items }] });
    const user = open(<Voices config={config} />);
    await user.click(screen.getByRole("button", { name: "Test" }));
    expect(await screen.findByText("It works: m answers. It took 0.8 s.")).toBeInTheDocument();
    expect(screen.getByText(/cannot be reached/)).toBeInTheDocument();
    expect(screen.getByText("The external provider")).toBeInTheDocument();
  });

  it("says why it cannot be made", async () => {
    const detail = "Too many requests. Try again in 10 s.";
    fakeServer({ "POST /api/providers/test": () => [429, { code: "rate_limited", detail }] });
    const user = open(<Voices config={config} />);
    await user.click(screen.getByRole("button", { name: "Test" }));
    expect(await screen.findByText(detail)).toBeInTheDocument();
  });
});
