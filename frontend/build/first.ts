// Has the browser run `src/app/first.ts` as soon as it is there, before the page's other code and its style have come.
import type { Plugin } from "vite";

const MODULE = "/src/app/first.ts";

export function first(): Plugin {
  return {
    name: "first",
    apply: "build",
    transformIndexHtml: {
      order: "post",
      handler(html, { bundle, path }) {
        if (path !== "/index.html") return html;
        const chunk = Object.values(bundle ?? {}).find(
          (file) => file.type === "chunk" && file.facadeModuleId?.endsWith(MODULE),
        );
        if (chunk === undefined) throw new Error(`${MODULE} is not a chunk of its own`);
        const script = `<script type="module" async crossorigin src="/${chunk.fileName}"></script>`;
        return html.replace("<script", `${script}\n    <script`);
      },
    },
  };
}
