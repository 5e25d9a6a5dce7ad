// Browser tests against a running server (CHATLAB_URL), with the system's Chromium.
import { defineConfig } from "@playwright/test";

const baseURL = process.env["CHATLAB_URL"] ?? "http://127.0.0.1:8000";

export default defineConfig({
  testDir: "e2e",
  // Every test is a guest of its own, so they do not disturb each other. While one waits, the cores have two more.
  fullyParallel: true,
  workers: 3,
  // Two cores are busy with the browsers, the server and whatever else they have to do.
  timeout: 60_000,
  expect: { timeout: 10_000 },
  forbidOnly: Boolean(process.env["CI"]),
  reporter: [["list"]],
  use: {
    baseURL,
    // Motion takes time that nobody looks at here.
    contextOptions: { reducedMotion: "reduce" },
    launchOptions: {
      executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium",
      // Chromium's sandbox refuses to start for root, as in most containers.
      args: [
        "--disable-gpu",
        "--disable-software-rasterizer",
        ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
      ],
    },
    // Recording takes a fifth of the time: `npm run e2e -- --trace retain-on-failure` where a failure asks for it.
    trace: "off",
  },
  projects: [
    { name: "desktop", use: { viewport: { width: 1280, height: 800 } } },
    // Where a small screen asks for something else than a large one: the journey, every page, the panels.
    {
      name: "phone",
      testMatch: /(journey|accessibility|directing)\.spec/,
      use: { viewport: { width: 390, height: 844 }, hasTouch: true },
    },
  ],
});
