// A file of the API in the browser's downloads: a plain link could not carry the token.
import { api } from "./api";
import { track } from "./track";

export async function download(path: string, fallbackName: string): Promise<void> {
  const { blob, name } = await api.download(path);
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
