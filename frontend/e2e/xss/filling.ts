// Fills a ChatLab with payloads through its API: every field that takes words, by whatever way they come in.
import { expect, type APIRequestContext } from "@playwright/test";
import { cardJson, cardPicture, lesson } from "./files";
import { PAYLOADS, batches, fits } from "./payloads";
import { TURN_COUNT } from "./place";

/** Stands in every topic, so that a search finds them all. */
export const WORD = "nightingale";

/** Calls the API as the page's own user. */
export class Api {
  readonly #url: string;
  readonly #request: APIRequestContext;
  readonly #token: string;

  private constructor(url: string, request: APIRequestContext, token: string) {
    this.#url = url;
    this.#request = request;
    this.#token = token;
  }

  static async guest(url: string, request: APIRequestContext): Promise<Api> {
    const answer = await request.post(`${url}/api/auth/guest`, { data: {} });
    return new Api(url, request, ((await answer.json()) as { access_token: string }).access_token);
  }

  /** `data`: JSON, or a file as it is. */
  async send<T>(method: string, path: string, data?: unknown): Promise<T> {
    const answer = await this.#request.fetch(this.#url + path, {
      method,
      headers: { Authorization: `Bearer ${this.#token}` },
      ...(data !== undefined && { data }),
    });
    expect(answer.ok(), `${method} ${path}: ${await answer.text()}`).toBe(true);
    return (await answer.json()) as T;
  }

  async file(path: string, data?: unknown) {
    const answer = await this.#request.fetch(this.#url + path, {
      method: data === undefined ? "GET" : "POST",
      headers: { Authorization: `Bearer ${this.#token}` },
      ...(data !== undefined && { data }),
    });
    expect(answer.status(), path).toBe(200);
    const {
      "content-type": type = "",
      "content-disposition": disposition = "",
      "x-content-type-options": sniff = "",
    } = answer.headers();
    return { type, disposition, sniff, bytes: await answer.body() };
  }

  /** What a phone of the class sends, known by its key alone. */
  async asPhone<T>(code: string, data: unknown): Promise<T> {
    const answer = await this.#request.post(`${this.#url}/api/watch/${code}/commands`, { data });
    return (await answer.json()) as T;
  }
}

interface Made {
  id: string;
}

/** One for each payload that fits a name, every fourth of them as a Character Card; the other fields have the same one, as far as
 * it fits. */
export async function makeCharacters(api: Api): Promise<string[]> {
  const short = (text: string, max: number) => (fits(max)(text) ? text : "x");
  const byHand = async (text: string) => {
    const { id } = await api.send<Made>("POST", "/api/characters", {
      name: text,
      tagline: text,
      bio: text,
      voice: text,
      born: short(text, 40),
      key_ideas: [text, `${text}: ${text}`],
      works: [{ title: text, year: short(text, 40) }],
      dissent: [text],
    });
    return [id];
  };
  const asCard = async (text: string, index: number) => {
    // 60 files a minute are taken.
    const file = index % 8 === 1 ? cardPicture(text) : Buffer.from(cardJson(text));
    const path = "/api/characters/import?same_name=both";
    const { items } = await api.send<{ items: { character: Made }[] }>("POST", path, file);
    return items.map(({ character }) => character.id);
  };
  const made = PAYLOADS.filter(fits(80)).map((text, index) =>
    index % 4 === 1 ? asCard(text, index) : byHand(text),
  );
  const lines = batches(190, " ");
  await api.send("POST", "/api/characters", {
    name: "Everything",
    key_ideas: lines.slice(0, 12),
    works: lines.slice(12, 24).map((title) => ({ title })),
    dissent: lines.slice(24, 36),
  });
  return (await Promise.all(made)).flat();
}

/** A discussion for each payload, and one, begun from a lesson file, in which everything is said and planned. */
export async function makeDiscussions(api: Api, cast: string[]): Promise<string> {
  const six = (from: number) => Array.from({ length: 6 }, (_, index) => cast[(from + index) % cast.length]);
  await Promise.all(
    PAYLOADS.map(async (text, index) => {
      const body = { topic: `${text}\n${WORD}`, character_ids: six(index) };
      const { id } = await api.send<Made>("POST", "/api/discussions", body);
      if (fits(190)(text)) await api.send("PATCH", `/api/discussions/${id}`, { title: text });
    }),
  );
  const { id } = await api.send<Made>("POST", "/api/lessons", { file: lesson(WORD) });
  const say = PAYLOADS.slice(0, 40);
  await api.send("PUT", `/api/discussions/${id}/plan`, {
    steps: say.map((text) => ({ say: text, when: text, why: text })),
  });
  return id;
}

/** More is said than a model is sent, so that the earlier part is told in short; and some of it is changed and struck. */
export async function speak(api: Api, id: string): Promise<void> {
  const command = (data: object) => api.send("POST", `/api/discussions/${id}/commands`, data);
  await Promise.all(PAYLOADS.map((text, at) => command({ type: "say", id: `say-${String(at)}`, text })));
  for (let turn = 0; turn < TURN_COUNT; turn += 1) await api.send("POST", `/api/discussions/${id}/turns`, {});
  const { items } = await api.send<{ items: Made[] }>("GET", `/api/discussions/${id}/messages?limit=2`);
  const [edited, struck] = items.map((message) => message.id);
  const text = PAYLOADS.slice(0, 10).join("\n");
  await api.send("PATCH", `/api/discussions/${id}/messages/${edited ?? ""}`, { text, reason: PAYLOADS[5] });
  await command({ type: "strike", id: "strike", message_id: struck, reason: PAYLOADS[5] });
  await api.send("POST", `/api/discussions/${id}/summary`);
}

/** The class asks all of it; the host lets half of it be voted on, and one character answers. */
export async function ask(api: Api, id: string): Promise<string> {
  const { code } = await api.send<{ code: string }>("POST", `/api/discussions/${id}/share`, {});
  const asked = await Promise.all(
    PAYLOADS.filter(fits(300)).map((text, index) => {
      const key = `phone-number-${String(index)}-of-many`;
      return api.asPhone<{ question?: string }>(code, { type: "ask", id: "ask", text, key });
    }),
  );
  const questions = asked.flatMap(({ question }) => question ?? []);
  expect(questions.length).toBeGreaterThan(80);
  const command = (type: string, question: string) =>
    api.send("POST", `/api/discussions/${id}/commands`, { type, id: `${type}-${question}`, question });
  await Promise.all(questions.slice(0, 50).map((question) => command("approve", question)));
  return code;
}
