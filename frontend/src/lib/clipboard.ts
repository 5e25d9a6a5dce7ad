// Copying text that is still on its way.

/** Safari only lets a page copy later what it promised within the click; plain http has no clipboard at all. */
export async function copyText(text: Promise<string>): Promise<void> {
  const clipboard = (navigator as { clipboard?: Clipboard }).clipboard;
  if (clipboard && typeof ClipboardItem !== "undefined") {
    const blob = text.then((words) => new Blob([words], { type: "text/plain" }));
    await clipboard.write([new ClipboardItem({ "text/plain": blob })]);
    return;
  }
  const words = await text;
  if (clipboard) await clipboard.writeText(words);
  else copyBySelection(words);
}

function copyBySelection(words: string): void {
  const area = document.createElement("textarea");
  area.value = words;
  area.style.position = "fixed";
  area.style.opacity = "0";
  document.body.append(area);
  area.select();
  document.execCommand("copy");
  area.remove();
}
