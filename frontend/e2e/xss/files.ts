// Files that somebody brings along: characters as cards, alone, in a picture and in a pack; lessons, good ones and broken ones.
import { readFileSync } from "node:fs";
import { crc32 } from "node:zlib";
import { NAMES, PAYLOADS, batches } from "./payloads";

/** A file as a file input takes it. */
export interface Brought {
  name: string;
  mimeType: string;
  buffer: Buffer;
}

const brought = (name: string, content: string | Buffer, mimeType = "application/json"): Brought => ({
  name,
  mimeType,
  buffer: Buffer.from(content),
});

/** All fields that programs know say the same. */
function card(text: string): string {
  const data = {
    name: text,
    nickname: text,
    description: text,
    personality: text,
    scenario: text,
    first_mes: text,
    mes_example: text,
    creator_notes: text,
    creator: text,
    character_version: text,
    system_prompt: text,
    tags: [text],
    alternate_greetings: [text],
    character_book: { name: text, entries: [{ keys: [text], content: text, extensions: {} }] },
    extensions: {
      [text]: text,
      chatlab: { picture: true, born: text, died: text, color: text, emblem: text },
    },
  };
  return JSON.stringify({ spec: "chara_card_v2", spec_version: "2.0", data });
}

/** A card that says it comes from a ChatLab, which is believed as long as the checksum fits. */
function ownCard(name: string, payloads: readonly string[]): string {
  const [description, personality] = ["A life", "A voice"];
  const sum = crc32([name, description, personality].join("\0"));
  const quarter = (from: number) => payloads.filter((_, index) => index % 4 === from);
  const chatlab = {
    version: 1,
    of: sum.toString(16).padStart(8, "0"),
    picture: true,
    tagline: payloads[0],
    bio: payloads.slice(0, 20).join("\n"),
    ideas: quarter(0).map((text) => ({ name: text, text })),
    works: quarter(1).map((title) => ({ title, year: title.slice(0, 40) })),
    dissent: quarter(2),
    cautions: quarter(3),
    quotation: { text: payloads.slice(0, 10).join(" "), source: payloads[5] },
    color: '"><img src=x onerror=xss(-4)>',
    color_dark: "red;background:url(http://evil.invalid/card.png)",
    emblem: "../../evil",
  };
  const data = { name, description, personality, extensions: { chatlab } };
  return JSON.stringify({ spec: "chara_card_v3", spec_version: "3.0", data });
}

/** Names of two characters that have all payloads between them in the fields of ChatLab's own cards. */
export const OWN = ["Everything of ours", "Everything else of ours"] as const;
export const IN_A_PICTURE = "Everything in a picture";
/** So many fit what is shown of a maker's notes. */
export const IN_NOTES = PAYLOADS.slice(0, 35);

export const ownCards = (): Brought[] =>
  OWN.map((name, half) => {
    const payloads = PAYLOADS.filter((_, index) => index % 2 === half);
    return brought(`${String(half)}.json`, ownCard(name, payloads));
  });

/** In a picture: the card stands before the picture's end, with a checksum of its own. */
export function pictureCard(): Brought {
  const picture = readFileSync(new URL("../../../tests/cards/tavernai-v1.png", import.meta.url));
  const named = card(PAYLOADS.join(" ")).replace(/"name":"(?:[^"\\]|\\.)*"/, `"name":"${IN_A_PICTURE}"`);
  const chunk = Buffer.from(`tEXtccv3\0${Buffer.from(named).toString("base64")}`, "latin1");
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(chunk.length - 4);
  sum.writeUInt32BE(crc32(chunk));
  const end = picture.length - 12;
  const bytes = Buffer.concat([picture.subarray(0, end), length, chunk, sum, picture.subarray(end)]);
  return brought('"><img src=x onerror=xss(-5)>.png', bytes, "image/png");
}

/** A card for each payload that can be a name: a pack has at most a hundred. */
export function packs(): { file: Brought; names: string[] }[] {
  return [NAMES.slice(0, 60), NAMES.slice(60, 100), NAMES.slice(100)].map((names) => {
    const zip = zipOf(names.map((name, index) => [`${String(index)}.json`, card(name)]));
    return { file: brought("pack.zip", zip, "application/zip"), names };
  });
}

/** Files that are refused in words, which name the file. */
export function brokenCards(): { file: Brought; quoted: string[] }[] {
  const [name = ""] = NAMES.filter((text) => text.startsWith("<img"));
  const inAPack = zipOf([[`${name}.json`, "no JSON"]]);
  const files = [brought(`${name}.json`, "{}"), brought("pack.zip", inAPack, "application/zip")];
  return files.map((file) => ({ file, quoted: [name] }));
}

/** A ZIP whose files are stored as they are. */
function zipOf(files: [string, string][]): Buffer {
  const [parts, directory]: [Buffer[], Buffer[]] = [[], []];
  let at = 0;
  for (const [name, content] of files) {
    const [called, bytes, facts] = [Buffer.from(name), Buffer.from(content), Buffer.alloc(26)];
    facts.writeUInt16LE(20, 0);
    // Names are UTF-8.
    facts.writeUInt16LE(0x0800, 2);
    facts.writeUInt32LE(crc32(bytes), 10);
    facts.writeUInt32LE(bytes.length, 14);
    facts.writeUInt32LE(bytes.length, 18);
    facts.writeUInt16LE(called.length, 22);
    const place = Buffer.alloc(14);
    place.writeUInt32LE(at, 10);
    parts.push(Buffer.from("PK\x03\x04"), facts, called, bytes);
    directory.push(Buffer.from("PK\x01\x02\x14\x00"), facts, place, called);
    at += 30 + called.length + bytes.length;
  }
  const listed = Buffer.concat(directory);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(files.length, 4);
  end.writeUInt16LE(files.length, 6);
  end.writeUInt32LE(listed.length, 8);
  end.writeUInt32LE(at, 12);
  return Buffer.concat([...parts, listed, Buffer.from("PK\x05\x06"), end]);
}

/** A text of JSON is one of TOML. */
const quoted = (text: string): string => JSON.stringify(text);
const list = (texts: readonly string[]): string => `[${texts.map(quoted).join(", ")}]`;

/** What the host means to say: all payloads, three in each step. */
export const STEPS = Array.from({ length: Math.ceil(PAYLOADS.length / 3) }, (_, step) =>
  PAYLOADS.slice(step * 3, step * 3 + 3),
);

/** All payloads stand in the aims, in the notes, in the plan and on the card of its first character. */
export function lessonFile(): string {
  const [title = "", audience = ""] = batches(190, " ");
  const [topic = ""] = batches(900, "\n");
  const lines = batches(490, " ");
  const seat = (text: string, index: number) =>
    `[[cast]]\nname = ${quoted(text)}\ntagline = ${quoted(text)}\nborn = ${quoted(text.slice(0, 40))}\n` +
    `bio = ${quoted(index === 0 ? PAYLOADS.join("\n") : text)}\nvoice = ${quoted(text)}\nideas = ${list([text])}\n` +
    `works = [{ title = ${quoted(text)}, year = ${quoted(text.slice(0, 40))} }]\ndissent = ${list([text])}\n`;
  const step = (texts: string[]) =>
    `[[plan]]\nafter_turns = 1\nsay = ${quoted(texts.join(" "))}\nwhen = ${quoted(texts[0] ?? "")}\nwhy = ${quoted(texts.join(" "))}\n`;
  return [
    `title = ${quoted(title)}\ntopic = ${quoted(topic)}\naudience = ${quoted(audience)}\nminutes = 45\n`,
    `aims = ${list(lines)}\nnotes = ${quoted(PAYLOADS.join("\n\n"))}\n`,
    ...NAMES.slice(0, 6).map(seat),
    ...STEPS.map(step),
  ].join("");
}

export const goodLesson = (): Brought => brought("lesson.toml", lessonFile(), "application/toml");

/** Lessons with mistakes, and what of them is quoted in the answer. */
export function brokenLessons(): { file: Brought; quoted: string[] }[] {
  const lesson = (text: string) => brought("lesson.toml", text, "application/toml");
  const key = PAYLOADS[5] ?? "";
  const unknown = { file: lesson(`topic = "Why?"\n${quoted(key)} = 1\n`), quoted: [key] };
  const sixes = [0, 6, 60, 90].map((from) => {
    const names = NAMES.slice(from, from + 6);
    const seats = names.map((name) => `[[cast]]\ncharacter = ${quoted(name)}\n`);
    return { file: lesson(`topic = "Why?"\n${seats.join("")}`), quoted: names };
  });
  return [unknown, ...sixes];
}
