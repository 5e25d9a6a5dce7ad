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
  const words = await Promise.all(
    Object.entries(kinds).map(async ([type, text]) => [type, await text] as const),
  );
  if (clipboard && words.length === 1) await clipboard.writeText(await plain);
  else copyByCommand(words, await plain);
}

/** The browser's own command, which asks what the words are; there must be something selected, or it does nothing. */
function copyByCommand(kinds: (readonly [type: string, words: string])[], plain: string): void {
  const give = (event: ClipboardEvent) => {
    event.preventDefault();
    for (const [type, words] of kinds) event.clipboardData?.setData(type, words);
  };
  const area = document.createElement("textarea");
  area.value = plain;
  area.style.position = "fixed";
  area.style.opacity = "0";
  // Inside an open dialog the rest of the page cannot be selected.
  (document.querySelector("dialog[open]") ?? document.body).append(area);
  area.select();
  document.addEventListener("copy", give, true);
  // Deprecated, and all there is where a page has no clipboard.
  const done = document.execCommand("copy");
  document.removeEventListener("copy", give, true);
  area.remove();
  if (!done) throw new Error("the browser has not copied");
}
