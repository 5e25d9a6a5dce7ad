// Importing this makes the page read all of Markdown.
import { lexer } from "marked";
import { setLexer } from "./markdownLexer";

setLexer((text) => lexer(text));
