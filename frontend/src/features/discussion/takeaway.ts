// The whole discussion as files and for the clipboard, as the server writes them.
import { api } from "@/lib/api";
import { copyRich, copyText } from "@/lib/clipboard";
import { download } from "@/lib/download";

export const FORMATS = [
  { format: "docx", name: "Word", use: "to edit, to comment, to hand out (.docx)" },
  { format: "html", name: "Web page", use: "to read, print and replay, without a network (.html)" },
  { format: "md", name: "Markdown", use: "for notes, wikis and learning platforms (.md)" },
  { format: "txt", name: "Plain text", use: "for everything else (.txt)" },
  { format: "csv", name: "Table", use: "for spreadsheets and statistics (.csv)" },
  { format: "json", name: "JSON", use: "for programs: all versions, models and tokens (.json)" },
] as const;

export type Format = (typeof FORMATS)[number]["format"];

const path = (id: string, format: Format) => `/api/discussions/${id}/export?format=${format}`;

export function saveAs(id: string, format: Format): Promise<void> {
  return download(path(id, format), `discussion.${format}`);
}

export function copyMarkdown(id: string): Promise<void> {
  return copyText(api.text(path(id, "md")));
}

/** With its looks for word processors and mail; programs that take plain text get Markdown. */
export function copyLooks(id: string): Promise<void> {
  return copyRich({ html: api.text(path(id, "html")).then(fragmentOf), plain: api.text(path(id, "md")) });
}

/** What stands on the page, without what only a page needs. */
export function fragmentOf(page: string): string {
  const { body } = new DOMParser().parseFromString(page, "text/html");
  body.querySelectorAll("script, style, button, select, label").forEach((element) => {
    element.remove();
  });
  return new XMLSerializer().serializeToString(body);
}
