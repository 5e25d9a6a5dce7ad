// Lint rules. The second half is the twin of tests/layers.rs: imports only go down, never up or sideways.
import { readdirSync } from "node:fs";
import js from "@eslint/js";
import { createTypeScriptImportResolver } from "eslint-import-resolver-typescript";
import { importX } from "eslint-plugin-import-x";
import reactHooks from "eslint-plugin-react-hooks";
import globals from "globals";
import tseslint from "typescript-eslint";

/** From top to bottom: a floor may import what stands after it in this list. */
const FLOORS = ["app", "pages", "features", "components", "lib", "protocol"];

const upward = FLOORS.flatMap((floor, index) =>
  FLOORS.slice(0, index).map((above) => ({
    target: `./src/${floor}`,
    from: `./src/${above}`,
    message: `${floor}/ may not import ${above}/: imports only go down.`,
  })),
);

const rooms = (floor) =>
  readdirSync(new URL(`./src/${floor}`, import.meta.url), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name);

const sideways = ["features", "pages"].flatMap((floor) =>
  rooms(floor).map((room) => ({
    target: `./src/${floor}/${room}`,
    from: `./src/${floor}`,
    except: [`./${room}`],
    message: `Rooms of ${floor}/ do not import one another.`,
  })),
);

const NETWORK = ["fetch", "WebSocket", "EventSource", "XMLHttpRequest"].map((name) => ({
  name,
  message: "Only lib/ opens doors to the network.",
}));

export default tseslint.config(
  { ignores: ["dist", "playwright-report", "test-results"] },
  js.configs.recommended,
  tseslint.configs.strict,
  tseslint.configs.stylistic,
  {
    files: ["**/*.{ts,tsx,js,mjs}"],
    languageOptions: { globals: { ...globals.browser, ...globals.node } },
    plugins: { "import-x": importX, "react-hooks": reactHooks },
    settings: {
      "import-x/resolver-next": [
        createTypeScriptImportResolver({
          project: ["tsconfig.app.json", "tsconfig.node.json"],
          noWarnOnMultipleProjects: true,
        }),
      ],
    },
    rules: {
      ...reactHooks.configs.recommended.rules,
      "@typescript-eslint/no-non-null-assertion": "error",
      "@typescript-eslint/consistent-type-imports": "error",
      "import-x/no-cycle": "error",
      "import-x/no-restricted-paths": ["error", { zones: [...upward, ...sideways] }],
      "max-lines": ["error", 400],
      "no-console": "error",
      "react-hooks/exhaustive-deps": "error",
    },
  },
  { files: ["scripts/**", "build/**"], rules: { "no-console": "off" } },
  {
    files: ["src/**"],
    ignores: ["src/lib/**", "src/**/*.test.*", "src/test/**"],
    rules: { "no-restricted-globals": ["error", ...NETWORK] },
  },
  {
    files: ["src/protocol/**"],
    ignores: ["**/*.test.ts"],
    rules: {
      "no-restricted-imports": [
        "error",
        {
          patterns: [
            { group: ["react", "react-dom", "@/*", "@tanstack/*"], message: "protocol/ imports nothing." },
          ],
        },
      ],
    },
  },
);
