// Runs before the first paint, so that a chosen theme or type size never flashes. Written by src/lib/theme.ts.
try {
  var theme = localStorage.getItem("chatlab.theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
  var size = localStorage.getItem("chatlab.type-size");
  if (size === "large" || size === "larger") document.documentElement.dataset.typeSize = size;
} catch {
  // Storage may be forbidden; the page then follows the system.
}
