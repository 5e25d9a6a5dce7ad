// Writes `links.json`: for the first part of an address, the `Link` header by which the server has the browser fetch that page's code
// beside the entry's, not only when the entry asks for it.
import type { Plugin } from "vite";

interface Chunk {
  type: "chunk";
  fileName: string;
  facadeModuleId: string | null;
  imports: string[];
  viteMetadata?: { importedCss: Set<string> };
}

/** `pages`: the address's first part and the module of its page. */
export function links(pages: Record<string, string>): Plugin {
  return {
    name: "links",
    apply: "build",
    generateBundle(_options, bundle) {
      const chunks = Object.values(bundle).filter(({ type }) => type === "chunk") as unknown as Chunk[];
      const chunkOf = (module: string): Chunk => {
        const found = chunks.find(({ facadeModuleId }) => facadeModuleId?.endsWith(module));
        return found ?? this.error(`${module} is not a chunk of its own`);
      };
      /** The chunk's files and all that they import. */
      const filesOf = (
        { fileName, imports, viteMetadata }: Chunk,
        files = new Set<string>(),
      ): Set<string> => {
        if (files.has(fileName)) return files;
        files.add(fileName);
        viteMetadata?.importedCss.forEach((name) => files.add(name));
        chunks.filter((chunk) => imports.includes(chunk.fileName)).forEach((chunk) => filesOf(chunk, files));
        return files;
      };
      const named = filesOf(chunkOf("/index.html"));
      const header = (module: string): string =>
        [...filesOf(chunkOf(module))]
          .filter((name) => !named.has(name))
          .map((name) => `</${name}>; rel=${name.endsWith(".css") ? "preload; as=style" : "modulepreload"}`)
          .join(", ");
      const all = Object.entries(pages).map(([part, module]) => [part, header(module)]);
      this.emitFile({
        type: "asset",
        fileName: "links.json",
        source: JSON.stringify(Object.fromEntries(all)),
      });
    },
  };
}
