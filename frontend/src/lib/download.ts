// A file of the API in the browser's downloads: a plain link could not carry the token.
import { api } from "./api";
import { track } from "./track";

/** With `body` it is asked for by POST. */
export async function download(path: string, fallbackName: string, body?: unknown): Promise<void> {
  const { blob, name } = await api.download(path, body);
  track("download", { path });
  const url = URL.createObjectURL(blob);
  const link = document.createElement("a");
  link.href = url;
  link.download = name ?? fallbackName;
  link.click();
  // The browser reads the file after this turn of the event loop.
  setTimeout(() => {
    URL.revokeObjectURL(url);
  }, 60_000);
}
