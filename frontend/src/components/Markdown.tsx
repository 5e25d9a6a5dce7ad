// Markdown as React elements. Text of models and people is never HTML here: raw tags show as text, pictures as their
// description, and only http and https become links.
import type { Token, Tokens } from "marked";
import { Fragment, memo, useEffect, useState, useSyncExternalStore, type ReactNode } from "react";
import styles from "./Markdown.module.css";
import { BlockReader } from "./markdownBlocks";
import { getLexer, needsMore, subscribeLexer } from "./markdownLexer";

/** May be given a longer `text` many times a second: finished blocks are neither parsed nor rendered again. */
export function Markdown({ text, className }: { text: string; className?: string | undefined }) {
  const [reader] = useState(() => new BlockReader());
  useSyncExternalStore(subscribeLexer, getLexer);
  const more = needsMore(text);
  useEffect(() => {
    if (more) import("./wholeMarkdown").catch(() => undefined);
  }, [more]);
  return (
    <div className={[styles.markdown, className].filter(Boolean).join(" ")}>
      {reader.read(text).map((token, index) => (
        <Block key={index} token={token} />
      ))}
    </div>
  );
}

const Block = memo(function Block({ token }: { token: Token }) {
  return render(token);
});

function inside(tokens: Token[] | undefined): ReactNode {
  return tokens?.map((token, index) => <Fragment key={index}>{render(token)}</Fragment>);
}

function render(token: Token): ReactNode {
  switch (token.type) {
    case "paragraph":
      return <p>{inside(token.tokens)}</p>;
    // A heading inside somebody's speech is emphasis, not structure of the page.
    case "heading":
      return <p className={styles.heading}>{inside(token.tokens)}</p>;
    case "strong":
      return <strong>{inside(token.tokens)}</strong>;
    case "em":
      return <em>{inside(token.tokens)}</em>;
    case "del":
      return <del>{inside(token.tokens)}</del>;
    case "br":
      return <br />;
    case "hr":
      return <hr />;
    case "codespan":
      return <code>{(token as Tokens.Codespan).text}</code>;
    case "code":
      return (
        <pre tabIndex={0}>
          <code>{(token as Tokens.Code).text}</code>
        </pre>
      );
    case "blockquote":
      return <blockquote>{inside(token.tokens)}</blockquote>;
    case "list":
      return list(token as Tokens.List);
    case "link":
      return link(token as Tokens.Link);
    case "image":
      return (token as Tokens.Image).text;
    case "table":
      return table(token as Tokens.Table);
    case "space":
    case "def":
    case "checkbox":
      return null;
    default:
      return token.type !== "html" && "tokens" in token && token.tokens
        ? inside(token.tokens)
        : ((token as { text?: string }).text ?? token.raw);
  }
}

function list(token: Tokens.List): ReactNode {
  const items = token.items.map((item, index) => <li key={index}>{inside(item.tokens)}</li>);
  return token.ordered ? <ol start={Number(token.start) || 1}>{items}</ol> : <ul>{items}</ul>;
}

function link(token: Tokens.Link): ReactNode {
  if (!/^https?:\/\//i.test(token.href)) return inside(token.tokens);
  return (
    <a href={token.href} target="_blank" rel="noreferrer noopener nofollow">
      {inside(token.tokens)}
    </a>
  );
}

function table(token: Tokens.Table): ReactNode {
  return (
    <div className={styles.scroll} tabIndex={0} role="group" aria-label="Table">
      <table>
        <thead>
          <tr>
            {token.header.map((cell, index) => (
              <th key={index}>{inside(cell.tokens)}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {token.rows.map((row, index) => (
            <tr key={index}>
              {row.map((cell, column) => (
                <td key={column}>{inside(cell.tokens)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
