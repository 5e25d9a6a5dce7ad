// Cuts growing Markdown into blocks, reading again only the block that may still change.
import type { Token } from "marked";
import { getLexer } from "./markdownLexer";

/** The raw text of a "space" token belongs to no block but must be counted. */
function isBlock(token: Token): boolean {
  return token.type !== "space" && token.type !== "def";
}

export class BlockReader {
  #lexer = getLexer();
  #text = "";
  #finished: Token[] = [];
  #finishedLength = 0;
  #blocks: Token[] = [];

  /** The blocks of `text`. Those that were finished before keep their identity while the text only grows. */
  read(text: string): readonly Token[] {
    const lexer = getLexer();
    const same = lexer === this.#lexer;
    if (same && text === this.#text) return this.#blocks;
    if (!same || !text.startsWith(this.#text)) this.#restart();
    this.#lexer = lexer;
    this.#text = text;
    const tokens: Token[] = lexer(text.slice(this.#finishedLength));
    const last = tokens.findLastIndex(isBlock);
    const done = tokens.slice(0, Math.max(last, 0));
    this.#finished = [...this.#finished, ...done.filter(isBlock)];
    this.#finishedLength += done.reduce((length, token) => length + token.raw.length, 0);
    const open = tokens[last];
    this.#blocks = open ? [...this.#finished, open] : this.#finished;
    return this.#blocks;
  }

  #restart(): void {
    this.#finished = [];
    this.#finishedLength = 0;
  }
}
