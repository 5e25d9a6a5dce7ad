// Puts a page into its HTML file.
import { StrictMode, type ReactNode } from "react";
import { createRoot } from "react-dom/client";

export function mount(page: ReactNode): void {
  const root = document.getElementById("root");
  if (root === null) throw new Error("the HTML file has an element with the id `root`");
  createRoot(root).render(<StrictMode>{page}</StrictMode>);
}
