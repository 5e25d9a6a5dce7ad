// How the page is built, served while developing, and tested.
import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";
import { first } from "./build/first.ts";
import { links } from "./build/links.ts";
import { precompress } from "./build/precompress.ts";
import { watchPage } from "./build/watchPage.ts";

const SERVER = process.env["CHATLAB_SERVER"] ?? "http://127.0.0.1:8000";

/** What is opened by its own address, besides the first page. */
const PAGES = {
  discussions: "/pages/discussion/DiscussionPage.tsx",
  history: "/pages/history/HistoryPage.tsx",
  characters: "/pages/characters/CharactersPage.tsx",
  settings: "/pages/settings/SettingsPage.tsx",
};

export default defineConfig({
  plugins: [react(), first(), links(PAGES), precompress(), watchPage()],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  build: {
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // One file of style, and few of code: each costs a browser more than what is in it and not needed.
    cssCodeSplit: false,
    rolldownOptions: {
      input: { index: "index.html", watch: "watch.html", first: "src/app/first.ts" },
      output: {
        codeSplitting: {
          groups: [
            { name: "live", test: /\/src\/lib\/(clock|opening)\.ts$/, priority: 1 },
            { name: "common", minShareCount: 2, test: /(?<!\/src\/app\/first\.ts)$/ },
          ],
        },
      },
    },
  },
  server: {
    proxy: {
      // The page keeps its own origin while developing, so the cookie is first-party as it is in the built binary.
      "/api": { target: SERVER, changeOrigin: true, ws: true },
    },
  },
  test: {
    environment: "jsdom",
    include: ["src/**/*.test.{ts,tsx}"],
    setupFiles: ["src/test/setup.ts"],
    restoreMocks: true,
    unstubGlobals: true,
  },
});
