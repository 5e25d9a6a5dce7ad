// What reads Markdown. Speech is mostly paragraphs with some emphasis: that much is read here, so that a phone need not
// load a whole reader. Where a text has more, the whole one is fetched.
import type { Token, Tokens } from "marked";

type Lexer = (text: string) => Token[];

let lexer: Lexer = paragraphs;
const listeners = new Set<() => void>();

/** Lists, quotations, code, headings, links, tables, rules, escapes. */
const MORE =
  /^ {0,3}(?:[-+*•] |\d{1,9}[.)] |#{1,6} |>|```|~~~|\||(?:[-*_] ?){3,}$)|`|\]\(|\]\[|https?:\/\/|~~|\\|<|&\w|_/m;

export const getLexer = (): Lexer => lexer;

export function setLexer(whole: Lexer): void {
  lexer = whole;
  listeners.forEach((listener) => {
    listener();
  });
}

export function subscribeLexer(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function needsMore(text: string): boolean {
  return lexer === paragraphs && MORE.test(text);
}

/** Paragraphs and emphasis, as the whole reader's tokens. */
export function paragraphs(text: string): Token[] {
  return text.split(/(\n\s*\n\s*)/).flatMap((raw, index): Token[] => {
    if (raw === "") return [];
    if (index % 2 === 1) return [{ type: "space", raw }];
    return [{ type: "paragraph", raw, text: raw, tokens: emphasised(raw) } satisfies Tokens.Paragraph];
  });
}

const EMPHASIS = /(\*\*(?=\S)[^*]+?\S?\*\*|\*(?=\S)[^*]+?\*)/;

function emphasised(text: string): Token[] {
  return text.split(EMPHASIS).flatMap((raw, index): Token[] => {
    if (raw === "") return [];
    if (index % 2 === 0) return [{ type: "text", raw, text: raw } as Tokens.Text];
    const strong = raw.startsWith("**");
    const inner = strong ? raw.slice(2, -2) : raw.slice(1, -1);
    const tokens: Token[] = [{ type: "text", raw: inner, text: inner } as Tokens.Text];
    return [{ type: strong ? "strong" : "em", raw, text: inner, tokens } as Tokens.Strong | Tokens.Em];
  });
}
