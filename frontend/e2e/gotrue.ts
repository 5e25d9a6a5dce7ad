// A small Supabase Auth: what its client library and ChatLab's server ask of the real one, with users in memory and an
// ES256 key of its own. Access tokens live as long as the test says.
import { createHash, generateKeyPairSync, randomBytes, randomUUID, sign } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

interface Person {
  id: string;
  email: string;
  password: string;
  name: string;
}

interface Letter {
  email: string;
  link: string;
}

export interface GoTrue {
  url: string;
  /** Letters that were sent, the newest last. */
  letters: Letter[];
  /** What was asked for, such as `POST /token?grant_type=refresh_token`. */
  asked: string[];
  /** Seconds that the next access tokens live. */
  life: number;
  stop: () => Promise<void>;
}

const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
const KID = "test-key";
const base64 = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");

function jwt(claims: object): string {
  const text = `${base64({ alg: "ES256", typ: "JWT", kid: KID })}.${base64(claims)}`;
  const signature = sign("sha256", Buffer.from(text), { key: privateKey, dsaEncoding: "ieee-p1363" });
  return `${text}.${signature.toString("base64url")}`;
}

async function read(request: IncomingMessage): Promise<Record<string, unknown>> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  const text = Buffer.concat(pieces).toString();
  return text === "" ? {} : (JSON.parse(text) as Record<string, unknown>);
}

class Refusal extends Error {
  readonly status: number;
  readonly code: string;
  constructor(status: number, code: string, words: string) {
    super(words);
    this.status = status;
    this.code = code;
  }
}

const text = (value: unknown) => (typeof value === "string" ? value : "");

class Service {
  url = "";
  life = 3_600;
  readonly letters: Letter[] = [];
  readonly asked: string[] = [];
  readonly #people = new Map<string, Person>();
  /** Refresh tokens that count, each once. */
  readonly #refresh = new Map<string, Person>();
  /** Codes that links and providers bring along, with the challenge that was sent before. */
  readonly #codes = new Map<string, { person: Person; challenge: string }>();

  session(person: Person): object {
    const now = Math.floor(Date.now() / 1000);
    const refresh_token = randomBytes(12).toString("hex");
    this.#refresh.set(refresh_token, person);
    const access_token = jwt({
      iss: `${this.url}/auth/v1`,
      aud: "authenticated",
      role: "authenticated",
      sub: person.id,
      email: person.email,
      iat: now,
      exp: now + this.life,
      session_id: randomUUID(),
      app_metadata: { provider: "email" },
      user_metadata: { full_name: person.name },
      is_anonymous: false,
    });
    const expiry = { expires_in: this.life, expires_at: now + this.life };
    return { access_token, refresh_token, token_type: "bearer", ...expiry, user: this.view(person) };
  }

  view({ id, email, name }: Person): object {
    const user_metadata = { full_name: name };
    return { id, email, aud: "authenticated", role: "authenticated", app_metadata: {}, user_metadata };
  }

  open(email: string, password: string, name: string): Person {
    const person = { id: randomUUID(), email, password, name };
    this.#people.set(email, person);
    return person;
  }

  code(person: Person, challenge: string): string {
    const code = randomUUID();
    this.#codes.set(code, { person, challenge });
    return code;
  }

  letter(person: Person, challenge: string, to: string): void {
    this.letters.push({ email: person.email, link: `${to}?code=${this.code(person, challenge)}` });
  }

  signup(body: Record<string, unknown>, to: string): object {
    const email = text(body["email"]);
    if (this.#people.has(email)) throw new Refusal(422, "user_already_exists", "User already registered");
    const data = body["data"] as { full_name?: string } | undefined;
    const person = this.open(email, text(body["password"]), data?.full_name ?? "");
    // Confirmed by its letter first.
    this.letter(person, text(body["code_challenge"]), to);
    return this.view(person);
  }

  recover(body: Record<string, unknown>, to: string): object {
    const person = this.#people.get(text(body["email"]));
    if (person) this.letter(person, text(body["code_challenge"]), to);
    return {};
  }

  token(grant: string, body: Record<string, unknown>): object {
    if (grant === "password") {
      const person = this.#people.get(text(body["email"]));
      if (person?.password !== body["password"] || person === undefined)
        throw new Refusal(400, "invalid_credentials", "Invalid login credentials");
      return this.session(person);
    }
    if (grant === "pkce") {
      const kept = this.#codes.get(text(body["auth_code"]));
      this.#codes.delete(text(body["auth_code"]));
      const challenge = createHash("sha256").update(text(body["code_verifier"])).digest("base64url");
      if (kept?.challenge !== challenge)
        throw new Refusal(400, "bad_code_verifier", "That is another's code");
      return this.session(kept.person);
    }
    const used = text(body["refresh_token"]);
    const person = this.#refresh.get(used);
    this.#refresh.delete(used);
    if (person === undefined) throw new Refusal(400, "refresh_token_not_found", "Invalid Refresh Token");
    return this.session(person);
  }

  bearer(request: IncomingMessage): Person {
    const claims = (request.headers.authorization ?? "").split(".")[1] ?? "";
    const { sub } = JSON.parse(Buffer.from(claims, "base64url").toString() || "{}") as { sub?: string };
    const person = [...this.#people.values()].find(({ id }) => id === sub);
    if (person === undefined) throw new Refusal(401, "no_authorization", "Who is that?");
    return person;
  }

  async answer(request: IncomingMessage, response: ServerResponse): Promise<object | null> {
    const at = new URL(request.url ?? "/", this.url);
    const path = at.pathname.replace("/auth/v1", "");
    const to = at.searchParams.get("redirect_to") ?? "";
    switch (`${request.method ?? ""} ${path}`) {
      case "GET /.well-known/jwks.json":
        return { keys: [{ ...publicKey.export({ format: "jwk" }), kid: KID, alg: "ES256", use: "sig" }] };
      case "GET /settings":
        return { external: { email: true, google: true, azure: true }, disable_signup: false };
      case "GET /authorize": {
        // A real provider would ask who it is; azure has to be asked for the address.
        if (at.searchParams.get("provider") === "azure" && at.searchParams.get("scopes") !== "email")
          throw new Refusal(400, "validation_failed", "No address was asked for");
        const person = this.open(`${randomUUID()}@example.org`, "", "From Outside");
        const code = this.code(person, at.searchParams.get("code_challenge") ?? "");
        response.writeHead(302, { location: `${to}?code=${code}` });
        return null;
      }
      case "POST /signup":
        return this.signup(await read(request), to);
      case "POST /recover":
        return this.recover(await read(request), to);
      case "POST /token":
        return this.token(at.searchParams.get("grant_type") ?? "", await read(request));
      case "GET /user":
        return this.view(this.bearer(request));
      case "PUT /user": {
        const person = this.bearer(request);
        person.password = text((await read(request))["password"]);
        return this.view(person);
      }
      case "POST /logout":
        this.bearer(request);
        response.writeHead(204);
        return null;
      default:
        throw new Refusal(404, "not_found", `Nothing at ${path}`);
    }
  }

  serve(request: IncomingMessage, response: ServerResponse): void {
    this.asked.push(`${request.method ?? ""} ${(request.url ?? "").replace("/auth/v1", "")}`);
    response.setHeader("access-control-allow-origin", request.headers.origin ?? "*");
    response.setHeader(
      "access-control-allow-headers",
      "authorization, apikey, content-type, x-client-info, x-supabase-api-version",
    );
    response.setHeader("access-control-allow-methods", "GET, POST, PUT");
    if (request.method === "OPTIONS") {
      response.writeHead(204).end();
      return;
    }
    this.answer(request, response).then(
      (body) => {
        if (body === null) response.end();
        else response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(body));
      },
      (error: unknown) => {
        const { status, code, message } =
          error instanceof Refusal ? error : new Refusal(500, "unexpected_failure", String(error));
        response.writeHead(status, { "content-type": "application/json" });
        response.end(JSON.stringify({ code: status, error_code: code, msg: message }));
      },
    );
  }
}

export async function startGoTrue(): Promise<GoTrue> {
  const service = new Service();
  const server = createServer((request, response) => {
    service.serve(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  service.url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  const stop = () =>
    new Promise<void>((resolve) => {
      server.closeAllConnections();
      server.close(() => {
        resolve();
      });
    });
  return Object.assign(service, { stop });
}
