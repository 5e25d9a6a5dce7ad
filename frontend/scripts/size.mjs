// Adds up the gzipped JavaScript that a page loads before it can be used, and fails above its limit: the host's first page,
// and the page that phones watch on.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

const LIMITS_KB = { "index.html": 130, "watch.html": 95 };
const dist = new URL("../dist/", import.meta.url).pathname;

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

async function measure(page, limit) {
  const html = await readFile(join(dist, page), "utf8");
  const entries = [...html.matchAll(/(?:src|href)="\/([^"]+\.js)"/g)].map((match) => match[1]);
  const seen = new Map();
  for (const entry of entries) await withImports(entry, seen);
  let total = 0;
  for (const [file, bytes] of seen) {
    total += bytes;
    console.log(`${(bytes / 1024).toFixed(1).padStart(7)} KB  ${file}`);
  }
  const kilobytes = total / 1024;
  console.log(
    `${kilobytes.toFixed(1).padStart(7)} KB  ${page}: initial JavaScript, gzipped (limit ${limit} KB)\n`,
  );
  return entries.length > 1 && kilobytes <= limit;
}

let good = true;
for (const [page, limit] of Object.entries(LIMITS_KB)) good = (await measure(page, limit)) && good;
if (!good) {
  console.error("Too much JavaScript, or a page without any.");
  process.exit(1);
}
