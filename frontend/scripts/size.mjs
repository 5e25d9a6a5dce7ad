// Adds up the gzipped JavaScript that the first page loads before it can be used, and fails above the limit.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

const LIMIT_KB = 130;
const dist = new URL("../dist/", import.meta.url).pathname;

const html = await readFile(join(dist, "index.html"), "utf8");
const entries = [...html.matchAll(/(?:src|href)="\/([^"]+\.js)"/g)].map((match) => match[1]);

/** Static imports only: what is imported lazily is not part of the first page. */
async function withImports(file, seen) {
  if (seen.has(file)) return;
  const source = await readFile(join(dist, file), "utf8");
  seen.set(file, gzipSync(source, { level: 9 }).length);
  const imports = source.matchAll(
    /(?:^|[;}\s])(?:import|export)\s*(?:[^"'()]*?from\s*)?["'](\.[^"']+\.js)["']/g,
  );
  for (const [, path] of imports) {
    await withImports(new URL(path, `file:///${file}`).pathname.slice(1), seen);
  }
}

const seen = new Map();
for (const entry of entries) await withImports(entry, seen);

let total = 0;
for (const [file, bytes] of seen) {
  total += bytes;
  console.log(`${(bytes / 1024).toFixed(1).padStart(7)} KB  ${file}`);
}
const kilobytes = total / 1024;
console.log(`${kilobytes.toFixed(1).padStart(7)} KB  initial JavaScript, gzipped (limit ${LIMIT_KB} KB)`);
if (entries.length === 0 || kilobytes > LIMIT_KB) {
  console.error(
    entries.length === 0 ? "No script found in dist/index.html." : "Too much JavaScript for the first page.",
  );
  process.exit(1);
}
