// Puts the payloads into every corner of a place, so that its pages and files have them.
import { expect } from "@playwright/test";
import type { Api } from "./api";
import { lessonFile, packs } from "./files";
import { FORMULAS, NAMES, PAYLOADS, batches } from "./payloads";
import { TURN_COUNT } from "./place";

/** Stands in every topic, so that a search finds them all. */
export const WORD = "nightingale";
/** As long as a reason may be. */
export const REASONS = batches(490, " ");

const fits = (max: number) => (text: string) => text.length <= max;

export interface FilledPages {
  /** The discussion in which everything is said, and its join code. */
  talk: string;
  code: string;
  /** The beginning of it. */
  fork: string;
}

export async function fillPages(api: Api): Promise<FilledPages> {
  await api.send("PATCH", "/api/me", { name: '"><img src=x onerror=xss(-2)>' });
  const cast = await makeCharacters(api);
  await makeDiscussions(api, cast);
  const talk = await begin(api, cast);
  await speak(api, talk);
  // Two versions. None is made before the characters remember all that was said.
  const summarise = () => api.send("POST", `/api/discussions/${talk}/summary`, {});
  await summarise();
  const fork = await correct(api, talk);
  await summarise();
  return { talk, fork, code: await ask(api, talk) };
}

export interface FilledFiles {
  talk: string;
  /** A discussion that a lesson file has begun. */
  lesson: string;
}

/** People with names of that kind agreed to be named, said something, and did something. */
export async function fillResearch(guest: () => Promise<Api>): Promise<void> {
  for (const name of FORMULAS) {
    const api = await guest();
    await api.send("PATCH", "/api/me", { name, preferences: { share_with_research: true } });
    const { id } = await api.send<{ id: string }>("POST", "/api/discussions", {
      topic: WORD,
      character_ids: ["plato", "maria-montessori"],
    });
    await order(api, id, { type: "say", id: "say", text: name });
    const events = PAYLOADS.map((words) => ({
      kind: "text_input",
      at: "2026-11-23T08:15:00.000Z",
      data: { words, [words]: words },
    }));
    for (let from = 0; from < events.length; from += 100)
      await api.post("/api/activity", { events: events.slice(from, from + 100) });
  }
}

/** With characters that came as cards. */
export async function fillFiles(api: Api): Promise<FilledFiles> {
  const cast: string[] = [];
  for (const { file } of packs()) {
    const { items } = await api.send<{ items: { character: { id: string } }[] }>(
      "POST",
      "/api/characters/import",
      file.buffer,
    );
    cast.push(...items.map(({ character }) => character.id));
  }
  const [talk, lesson] = await Promise.all([begin(api, cast), holdLesson(api)]);
  await speak(api, talk);
  await correct(api, talk);
  return { talk, lesson };
}

/** One for each payload that fits a name; the other fields have the same one, as far as it fits. */
async function makeCharacters(api: Api): Promise<string[]> {
  const short = (text: string, max: number) => (fits(max)(text) ? text : "x");
  const made = NAMES.map((text) =>
    api.send<{ id: string }>("POST", "/api/characters", {
      name: text,
      tagline: text,
      bio: text,
      voice: text,
      born: short(text, 40),
      key_ideas: [text, `${text}: ${text}`],
      works: [{ title: text, year: short(text, 40) }],
      dissent: [text],
    }),
  );
  const lines = batches(190, " ");
  await api.send("POST", "/api/characters", {
    name: "Everything",
    key_ideas: lines.slice(0, 12),
    works: lines.slice(12, 24).map((title) => ({ title })),
    dissent: lines.slice(24, 36),
  });
  return (await Promise.all(made)).map(({ id }) => id);
}

const six = (cast: string[], from: number) =>
  Array.from({ length: 6 }, (_, index) => cast[(from + index) % cast.length]);

/** One for each payload, which is its topic, and its title where it fits. */
async function makeDiscussions(api: Api, cast: string[]): Promise<void> {
  await Promise.all(
    PAYLOADS.map(async (text, index) => {
      const body = { topic: `${text}\n${WORD}`, character_ids: six(cast, index) };
      const { id } = await api.send<{ id: string }>("POST", "/api/discussions", body);
      if (fits(190)(text)) await api.send("PATCH", `/api/discussions/${id}`, { title: text });
    }),
  );
}

/** The one in which everything is to be said. */
async function begin(api: Api, cast: string[]): Promise<string> {
  const [topic = ""] = batches(900, "\n");
  const { id } = await api.send<{ id: string }>("POST", "/api/discussions", {
    topic: `${topic}\n${WORD}`,
    character_ids: [...six(cast, 4).slice(0, 5), "maria-montessori"],
  });
  return id;
}

/** Begun, and half of its plan said. */
async function holdLesson(api: Api): Promise<string> {
  const { id } = await api.send<{ id: string }>("POST", "/api/lessons", { file: lessonFile() });
  for (let step = 0; step < 20; step += 1)
    await api.send("POST", `/api/discussions/${id}/plan/${String(step)}/say`, {});
  return id;
}

type Command = Record<string, string> & { type: string; id: string };

function order(api: Api, id: string, command: Command): Promise<unknown> {
  return api.send("POST", `/api/discussions/${id}/commands`, command);
}

async function speak(api: Api, id: string): Promise<void> {
  for (let turn = 0; turn < TURN_COUNT; turn += 1) await api.send("POST", `/api/discussions/${id}/turns`, {});
  await Promise.all(
    PAYLOADS.map((text, index) => order(api, id, { type: "say", id: `say-${String(index)}`, text })),
  );
}

/** The first remark is edited until every payload was among its words and its reasons; as many are struck. A fork ends there. */
async function correct(api: Api, id: string): Promise<string> {
  const messages = async (which: string) => {
    const path = `/api/discussions/${id}/messages?limit=100${which}`;
    return (await api.send<{ items: { id: string; text: string }[] }>("GET", path)).items;
  };
  const edited = (await messages(""))[TURN_COUNT];
  if (edited === undefined) throw new Error("Nothing was said");
  const words = batches(490, "\n\n");
  for (const [index, reason] of [...REASONS, "as it was"].entries())
    await api.send("PATCH", `/api/discussions/${id}/messages/${edited.id}`, {
      text: words[index] ?? edited.text,
      reason,
    });
  await Promise.all(
    REASONS.map((text, index) => order(api, id, { type: "say", id: `wrong-${String(index)}`, text })),
  );
  const wrong = (await messages("&before=1000000")).filter(({ text }) => REASONS.includes(text));
  expect(wrong).toHaveLength(REASONS.length);
  await Promise.all(
    wrong.map(({ id: message_id, text }, index) =>
      order(api, id, { type: "strike", id: `strike-${String(index)}`, message_id, reason: text }),
    ),
  );
  return (await api.send<{ id: string }>("POST", `/api/discussions/${id}/fork`, { at: edited.id })).id;
}

/** The class asks all of it; the host lets half of it be voted on, and one character answers. */
async function ask(api: Api, id: string): Promise<string> {
  const { code } = await api.send<{ code: string }>("POST", `/api/discussions/${id}/share`, {});
  const asked = await Promise.all(
    PAYLOADS.filter(fits(300)).map(async (text, index) => {
      const data = { type: "ask", id: "ask", text, key: `phone-number-${String(index)}-of-many` };
      const answer = await api.request.post(`${api.url}/api/watch/${code}/commands`, { data });
      return (await answer.json()) as { question?: string };
    }),
  );
  const questions = asked.flatMap(({ question }) => question ?? []);
  expect(questions.length).toBeGreaterThan(80);
  await Promise.all(
    questions
      .slice(0, 50)
      .map((question) => order(api, id, { type: "approve", id: `a-${question}`, question })),
  );
  return code;
}
