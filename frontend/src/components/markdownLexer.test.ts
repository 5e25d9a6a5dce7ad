// The small reader agrees with the whole one on everything it takes for itself.
import { lexer, type Token } from "marked";
import { describe, expect, it } from "vitest";
import { needsMore, paragraphs } from "./markdownLexer";

/** Kinds and words, without the rest. */
function plain(tokens: Token[]): unknown[] {
  return tokens
    .filter(({ type }) => type !== "space")
    .map((token) => {
      const inner = "tokens" in token && token.tokens ? plain(token.tokens) : null;
      return [token.type, inner ?? ("text" in token ? token.text : "")];
    });
}

const SPEECH = [
  "Play is *inquiry*.",
  "One paragraph.\n\nAnother, **strong** and *soft*.\n\n\nA third",
  "Two lines\nof one paragraph",
  "A star * that emphasises nothing, and 3 * 4 * 5",
  "**Everything strong**",
];

describe("the small reader", () => {
  it.each(SPEECH)("reads %j as the whole one does", (text) => {
    expect(needsMore(text)).toBe(false);
    expect(plain(paragraphs(text))).toEqual(plain(lexer(text)));
  });

  it.each([
    "- a list",
    "1. first",
    "> said",
    "`code`",
    "# Head",
    "[a](https://b)",
    "| a |",
    "snake_case",
    "---",
  ])("leaves %j to the whole one", (text) => {
    expect(needsMore(text)).toBe(true);
  });

  it("keeps every character of the text", () => {
    for (const text of SPEECH)
      expect(
        paragraphs(text)
          .map(({ raw }) => raw)
          .join(""),
      ).toBe(text);
  });
});
