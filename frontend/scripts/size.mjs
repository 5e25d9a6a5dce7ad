// Adds up the gzipped JavaScript that a page loads before it can be used, and fails above its limit: the host's first page,
// and the page that phones watch on.
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

const LIMITS_KB = { host: 130, watch: 95 };
const dist = new URL("../dist/", import.meta.url).pathname;

const html = await readFile(join(dist, "index.html"), "utf8");
const shared = [...html.matchAll(/(?:src|href)="\/([^"]+\.js)"/g)].map((match) => match[1]);
const assets = await readdir(join(dist, "assets"));

/** Static imports only: what is imported lazily is not part of the first load. */
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

/** `main.tsx` imports one of these two by the address. */
async function measure(page, limit) {
  const own = assets.find((file) => new RegExp(`^${page}-[\\w-]+\\.js$`).test(file));
  const seen = new Map();
  for (const entry of [...shared, `assets/${own}`]) await withImports(entry, seen);
  let total = 0;
  for (const [file, bytes] of seen) {
    total += bytes;
    console.log(`${(bytes / 1024).toFixed(1).padStart(7)} KB  ${file}`);
  }
  const kilobytes = total / 1024;
  console.log(
    `${kilobytes.toFixed(1).padStart(7)} KB  ${page}: initial JavaScript, gzipped (limit ${limit} KB)\n`,
  );
  return own !== undefined && shared.length > 0 && kilobytes <= limit;
}

let good = true;
for (const [page, limit] of Object.entries(LIMITS_KB)) good = (await measure(page, limit)) && good;
if (!good) {
  console.error("Too much JavaScript, or a page without any.");
  process.exit(1);
}
