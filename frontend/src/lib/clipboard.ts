// Copying text that is still on its way.

/** The same words for programs that take them as they look, and for those that take plain text. */
export interface Rich {
  html: Promise<string>;
  plain: Promise<string>;
}

/** Safari only lets a page copy later what it promised within the click; plain http has no clipboard at all. */
export async function copyText(text: Promise<string>): Promise<void> {
  await copy({ "text/plain": text }, text);
}

export async function copyRich({ html, plain }: Rich): Promise<void> {
  await copy({ "text/html": html, "text/plain": plain }, plain);
}

async function copy(kinds: Record<string, Promise<string>>, plain: Promise<string>): Promise<void> {
  const clipboard = (navigator as { clipboard?: Clipboard }).clipboard;
  if (clipboard && typeof ClipboardItem !== "undefined") {
    const promised = Object.entries(kinds).map(([type, words]) => [
      type,
      words.then((text) => new Blob([text], { type })),
    ]);
    await clipboard.write([new ClipboardItem(Object.fromEntries(promised) as Record<string, Promise<Blob>>)]);
    return;
  }
  const words = await plain;
  if (clipboard) await clipboard.writeText(words);
  else copyBySelection(words);
}

function copyBySelection(words: string): void {
  const area = document.createElement("textarea");
  area.value = words;
  area.style.position = "fixed";
  area.style.opacity = "0";
  // Inside an open dialog the rest of the page cannot be selected.
  (document.querySelector("dialog[open]") ?? document.body).append(area);
  area.select();
  document.execCommand("copy");
  area.remove();
}
