// Files that somebody was sent: Character Cards and lessons full of payloads.
import { crc32 } from "node:zlib";
import { readFileSync } from "node:fs";
import { PAYLOADS, batches, fits } from "./payloads";

/** Any picture; its own card stays behind the one that is put before it. */
const PICTURE = new URL("../../../tests/cards/tavernai-v1.png", import.meta.url);
/** The signature and the first chunk of a PNG. */
const HEAD_BYTES = 33;

export function cardJson(text: string): string {
  const data = {
    name: text,
    nickname: text,
    description: `${text} description`,
    personality: text,
    scenario: text,
    first_mes: text,
    mes_example: `<START>\n{{char}}: ${text}`,
    creator: text,
    creator_notes: PAYLOADS.join("\n"),
    system_prompt: text,
    post_history_instructions: text,
    alternate_greetings: [text],
    tags: [text, "x"],
    character_version: text,
    character_book: { entries: [{ keys: [text], content: text, enabled: true, insertion_order: 1 }] },
    extensions: { [text]: text },
  };
  return JSON.stringify({ spec: "chara_card_v2", spec_version: "2.0", data });
}

/** The card as a text chunk of a picture. */
export function cardPicture(text: string): Buffer {
  const picture = readFileSync(PICTURE);
  const content = Buffer.from(`tEXtchara\0${Buffer.from(cardJson(text)).toString("base64")}`, "latin1");
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(content.length - "tEXt".length);
  sum.writeUInt32BE(crc32(content));
  const [head, rest] = [picture.subarray(0, HEAD_BYTES), picture.subarray(HEAD_BYTES)];
  return Buffer.concat([head, length, content, sum, rest]);
}

/** A lesson whose every text is one, with a cast of its own and one from the shelf. */
export function lesson(word: string): string {
  // JSON's strings are TOML's too.
  const text = (words: string) => JSON.stringify(words);
  const lines = batches(190, " ");
  const [topic = ""] = batches(900, "\n");
  const cast = PAYLOADS.filter(fits(80)).slice(4, 9);
  const member = (name: string, at: number) => `
[[cast]]
name = ${text(name)}
tagline = ${text(name)}
voice = ${text(lines[at] ?? "")}
ideas = [${text(name)}]`;
  const step = (say: string) => `
[[plan]]
when = ${text(say.slice(0, 40))}
say = ${text(say)}
why = ${text(say)}`;
  return `title = ${text(PAYLOADS[5] ?? "")}
topic = ${text(`${topic}\n${word}`)}
audience = ${text(PAYLOADS[5] ?? "")}
aims = [${lines.slice(0, 40).map(text).join(", ")}]
notes = ${text(PAYLOADS.join("\n\n"))}
[settings]
auto_turns = 2
${cast.map(member).join("\n")}
[[cast]]
character = "maria-montessori"
${PAYLOADS.filter(fits(190)).slice(0, 50).map(step).join("\n")}
`;
}
