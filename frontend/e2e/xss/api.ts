// The API as the page's own user calls it.
import { expect, type APIRequestContext } from "@playwright/test";

/** A file as it was handed out. */
export interface Taken {
  type: string;
  disposition: string;
  sniff: string;
  bytes: Buffer;
}

export class Api {
  readonly request: APIRequestContext;
  readonly url: string;
  readonly #token: string;

  private constructor(request: APIRequestContext, url: string, token: string) {
    this.request = request;
    this.url = url;
    this.#token = token;
  }

  static async guest(request: APIRequestContext, url: string): Promise<Api> {
    const answer = await request.post(`${url}/api/auth/guest`, { data: {} });
    return new Api(request, url, ((await answer.json()) as { access_token: string }).access_token);
  }

  /** Answers nothing. */
  async post(path: string, data: unknown): Promise<void> {
    expect((await this.#fetch("POST", path, data)).status(), path).toBe(204);
  }

  async send<T>(method: string, path: string, data?: unknown): Promise<T> {
    const answer = await this.#fetch(method, path, data);
    expect(answer.ok(), `${method} ${path}: ${await answer.text()}`).toBe(true);
    return (await answer.json()) as T;
  }

  /** Every page of a list. */
  async all<T>(path: string): Promise<T[]> {
    const items: T[] = [];
    for (let cursor: string | null = ""; cursor !== null;) {
      const page: { items: T[]; next_cursor: string | null } = await this.send(
        "GET",
        `${path}?limit=100${cursor === "" ? "" : `&cursor=${cursor}`}`,
      );
      items.push(...page.items);
      cursor = page.next_cursor;
    }
    return items;
  }

  /** With `data` it is asked for by POST. */
  async file(path: string, data?: unknown): Promise<Taken> {
    const answer = await this.#fetch(data === undefined ? "GET" : "POST", path, data);
    expect(answer.status(), path).toBe(200);
    const {
      "content-type": type = "",
      "content-disposition": disposition = "",
      "x-content-type-options": sniff = "",
    } = answer.headers();
    return { type, disposition, sniff, bytes: await answer.body() };
  }

  #fetch(method: string, path: string, data: unknown) {
    const headers = { Authorization: `Bearer ${this.#token}` };
    return this.request.fetch(this.url + path, { method, headers, ...(data !== undefined && { data }) });
  }
}
