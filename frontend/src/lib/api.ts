// The door to the HTTP API: adds the token, renews it once when it has expired, and turns problems into `ApiError`.
import { apiUrl } from "./env";
import { eventsOf } from "./events";
import { ApiError, OFFLINE, problemOf } from "./problem";
import { track } from "./track";
import { adoptAndTell, currentToken, renewToken, type Grant } from "./session";

export { ApiError, wordsOf } from "./problem";

/** An event of an answer, its data read as JSON. */
interface NamedEvent {
  name: string;
  data: unknown;
}

interface Options {
  method?: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  body?: unknown;
  /** Sent as it is, in place of a JSON body. */
  file?: Blob;
  signal?: AbortSignal;
  accept?: string;
  /** Makes a repeated create harmless. */
  idempotencyKey?: string;
}

async function send(path: string, options: Options, token: string | null): Promise<Response> {
  const headers = new Headers();
  if (token !== null) headers.set("Authorization", `Bearer ${token}`);
  if (options.file) headers.set("Content-Type", options.file.type || "application/octet-stream");
  else if (options.body !== undefined) headers.set("Content-Type", "application/json");
  if (options.accept) headers.set("Accept", options.accept);
  if (options.idempotencyKey) headers.set("Idempotency-Key", options.idempotencyKey);
  return fetch(apiUrl(path), {
    method: options.method ?? "GET",
    headers,
    credentials: "include",
    body: options.file ?? (options.body === undefined ? null : JSON.stringify(options.body)),
    signal: options.signal ?? null,
  }).catch((error: unknown) => {
    if (options.signal?.aborted) throw error;
    throw new ApiError(0, "offline", OFFLINE);
  });
}

async function request(path: string, options: Options = {}): Promise<Response> {
  const token = await currentToken();
  let response = await send(path, options, token);
  if (response.status === 401 && !(await wrongPassword(response))) {
    const renewed = await renewToken(token);
    if (renewed !== null) response = await send(path, options, renewed);
  }
  if (!response.ok) throw await problemOf(response);
  note(options.method ?? "GET", path);
  return response;
}

/** What changes something is an action; fetching a ticket is none, and a command is noted where it is given. */
function note(method: string, path: string): void {
  if (method !== "GET" && !/\/(ticket|commands)$/.test(path)) track("action", { method, path });
}

/** A refusal of what was typed, not of who asks. */
async function wrongPassword(response: Response): Promise<boolean> {
  const problem: unknown = await response
    .clone()
    .json()
    .catch(() => null);
  return (problem as { code?: unknown } | null)?.code === "wrong_login";
}

async function json<T>(path: string, options?: Options): Promise<T> {
  const response = await request(path, options);
  return (response.status === 204 ? undefined : await response.json()) as T;
}

export const api = {
  get: <T>(path: string, signal?: AbortSignal) => json<T>(path, signal ? { signal } : {}),
  post: <T>(path: string, body: unknown = {}, options: Pick<Options, "signal" | "idempotencyKey"> = {}) =>
    json<T>(path, { ...options, method: "POST", body }),
  put: <T>(path: string, body: unknown) => json<T>(path, { method: "PUT", body }),
  patch: <T>(path: string, body: unknown) => json<T>(path, { method: "PATCH", body }),
  delete: <T = undefined>(path: string) => json<T>(path, { method: "DELETE" }),
  /** Sends a file. */
  upload: <T>(method: "POST" | "PUT", path: string, file: Blob) => json<T>(path, { method, file }),
  /** A file with the name the server gave it. */
  async download(path: string, body?: unknown): Promise<{ blob: Blob; name: string | null }> {
    const response = await request(path, body === undefined ? {} : { method: "POST", body });
    return { blob: await response.blob(), name: fileName(response.headers.get("Content-Disposition")) };
  },
  /** A change that is answered with a new login in place of the one that asked. */
  change: async (path: string, body: unknown) => {
    adoptAndTell(await json<Grant>(path, { method: "POST", body }));
  },
  text: async (path: string) => (await request(path)).text(),
  /** Events of the answer to a POST, as they come. */
  async *events(path: string, body: unknown, signal: AbortSignal): AsyncGenerator<NamedEvent> {
    const response = await request(path, { method: "POST", body, signal, accept: "text/event-stream" });
    if (response.body === null) return;
    for await (const { name, data } of eventsOf(response.body))
      yield { name, data: JSON.parse(data) as unknown };
  },
};

function fileName(disposition: string | null): string | null {
  const encoded = /filename\*=UTF-8''([^;]+)/i.exec(disposition ?? "")?.[1];
  if (encoded) return decodeURIComponent(encoded);
  return /filename="?([^";]+)"?/i.exec(disposition ?? "")?.[1] ?? null;
}
