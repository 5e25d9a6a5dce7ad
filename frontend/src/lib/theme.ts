// Theme and type size: kept in this browser, read before the first paint by public/theme.js.

export type Theme = "system" | "light" | "dark";
export type TypeSize = "normal" | "large" | "larger";

const listeners = new Set<() => void>();

function remember(key: string, value: string, standard: string): void {
  try {
    if (value === standard) localStorage.removeItem(key);
    else localStorage.setItem(key, value);
  } catch {
    // Storage may be forbidden; the choice then lasts as long as the page.
  }
  listeners.forEach((listener) => {
    listener();
  });
}

export function getTheme(): Theme {
  const theme = document.documentElement.dataset["theme"];
  return theme === "light" || theme === "dark" ? theme : "system";
}

export function setTheme(theme: Theme): void {
  if (theme === "system") delete document.documentElement.dataset["theme"];
  else document.documentElement.dataset["theme"] = theme;
  remember("chatlab.theme", theme, "system");
}

export function getTypeSize(): TypeSize {
  const size = document.documentElement.dataset["typeSize"];
  return size === "large" || size === "larger" ? size : "normal";
}

export function setTypeSize(size: TypeSize): void {
  if (size === "normal") delete document.documentElement.dataset["typeSize"];
  else document.documentElement.dataset["typeSize"] = size;
  remember("chatlab.type-size", size, "normal");
}

export function subscribeTheme(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
