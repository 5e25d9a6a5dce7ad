// Tokens: opened silently, renewed once, shared by all who wait; and problems as words.
import { beforeEach, describe, expect, it, vi } from "vitest";
import { fakeFetch, type Call } from "@/test/fakes";

const grant = (token: string) => ({
  access_token: token,
  token_type: "Bearer",
  expires_in: 43_200,
  user: { id: "u1", kind: "guest", name: "", email: null },
});
const config = (auth: object) => ({ demo: true, auth: { guest: true, ...auth } });
const problem = (status: number, code: string, detail: string) => ({
  type: "about:blank",
  status,
  code,
  detail,
});

/** Each test meets the modules as a freshly loaded page does. */
async function freshPage() {
  vi.resetModules();
  const [{ api }, session] = await Promise.all([import("./api"), import("./session")]);
  return { api, session };
}

const paths = (calls: Call[]) => calls.map(({ method, path }) => `${method} ${path}`);

/** The server's sign that there is a login to be renewed. */
function mark(kind: "guest" | "account" | null) {
  document.cookie = `chatlab_login=${kind ?? ""}; Max-Age=${kind === null ? "0" : "60"}`;
}

beforeEach(() => {
  vi.stubGlobal("BroadcastChannel", undefined);
  mark("guest");
});

describe("the session", () => {
  it("is that of the cookie where there is one", async () => {
    const { calls } = fakeFetch(({ path }) =>
      path.endsWith("/refresh") ? [200, grant("A")] : [200, { items: [] }],
    );
    const { api, session } = await freshPage();
    await api.get("/api/discussions");
    expect(paths(calls)).toEqual(["POST /api/auth/refresh", "GET /api/discussions"]);
    expect(calls[1]?.token).toBe("A");
    expect(session.getSession()).toMatchObject({ state: "open", user: { id: "u1" } });
  });

  it("asks for the same renewal again when the answer was lost, even as another page", async () => {
    let lost = true;
    const { calls } = fakeFetch(({ path }) => {
      if (path.endsWith("/refresh") && lost) throw new TypeError("Failed to fetch");
      return [200, path.endsWith("/refresh") ? { ...grant("A"), expires_in: 1 } : {}];
    });
    await expect((await freshPage()).api.get("/api/me")).rejects.toMatchObject({ code: "offline" });
    lost = false;
    const { api } = await freshPage();
    await api.get("/api/me");
    await api.get("/api/me");
    const keys = calls.filter(({ path }) => path.endsWith("/refresh")).map((call) => call.idempotencyKey);
    expect(keys).toEqual([expect.any(String), keys[0], expect.any(String)]);
    expect(keys[2]).not.toBe(keys[0]);
  });

  it("asks for nothing that it cannot get at the first visit", async () => {
    mark(null);
    const { calls } = fakeFetch(({ path }) => {
      if (path.endsWith("/config")) return [200, config({})];
      return [200, path.endsWith("/guest") ? grant("G") : {}];
    });
    const { api } = await freshPage();
    await api.get("/api/me");
    expect(paths(calls)).toEqual(["GET /api/config", "POST /api/auth/guest", "GET /api/me"]);
  });

  it("makes nobody a guest who had an account, and says that it has ended", async () => {
    mark("account");
    const { calls } = fakeFetch(({ path }) =>
      path.endsWith("/config") ? [200, config({})] : [401, problem(401, "unauthorized", "No.")],
    );
    const { api, session } = await freshPage();
    await expect(api.get("/api/me")).rejects.toMatchObject({ status: 401 });
    expect(session.getSession()).toEqual({ state: "closed", ended: true });
    expect(paths(calls)).not.toContain("POST /api/auth/guest");
  });

  it("renews a token that ends in a moment before it is refused", async () => {
    const { calls } = fakeFetch(({ path, token }) => {
      if (path.endsWith("/refresh")) return [200, { ...grant("A"), expires_in: 1 }];
      return token === "A" ? [200, {}] : [401, problem(401, "expired", "Expired.")];
    });
    const { api } = await freshPage();
    await api.get("/api/one");
    await api.get("/api/two");
    expect(paths(calls)).toEqual([
      "POST /api/auth/refresh",
      "GET /api/one",
      "POST /api/auth/refresh",
      "GET /api/two",
    ]);
  });

  it("does not take a wrong password for an ended session", async () => {
    const { calls } = fakeFetch(({ path }) =>
      path.endsWith("/refresh") ? [200, grant("A")] : [401, problem(401, "wrong_login", "Not right.")],
    );
    const { api } = await freshPage();
    await expect(api.change("/api/me/password", {})).rejects.toMatchObject({ code: "wrong_login" });
    expect(paths(calls)).toEqual(["POST /api/auth/refresh", "POST /api/me/password"]);
  });

  it("is a new guest's where guests are welcome", async () => {
    const { calls } = fakeFetch(({ path }) => {
      if (path.endsWith("/refresh")) return [401, problem(401, "no_session", "Sign in.")];
      if (path.endsWith("/config")) return [200, config({})];
      if (path.endsWith("/guest")) return [200, grant("G")];
      return [200, {}];
    });
    const { api } = await freshPage();
    await api.get("/api/me");
    expect(calls.at(-1)).toMatchObject({ path: "/api/me", token: "G" });
  });

  it("stays closed where a code is needed", async () => {
    const { calls } = fakeFetch(({ path }) => {
      if (path.endsWith("/config")) return [200, config({ start: true })];
      return [401, problem(401, "unauthorized", "Open the owner’s link first.")];
    });
    const { api, session } = await freshPage();
    await expect(api.get("/api/me")).rejects.toMatchObject({ status: 401 });
    expect(session.getSession()).toEqual({ state: "closed" });
    expect(paths(calls)).not.toContain("POST /api/auth/guest");
  });

  it("is renewed once for all who wait, and each request is repeated once", async () => {
    let current = "A";
    const { calls } = fakeFetch(({ path, token }) => {
      if (path.endsWith("/refresh")) return [200, grant(current)];
      return token === current ? [200, { path }] : [401, problem(401, "expired", "Expired.")];
    });
    const { api } = await freshPage();
    await api.get("/api/one");
    current = "B";
    await Promise.all([api.get("/api/one"), api.get("/api/two"), api.get("/api/three")]);
    expect(paths(calls).filter((path) => path === "POST /api/auth/refresh")).toHaveLength(2);
  });

  it("does not ask for ever when the renewed token is refused too", async () => {
    const { calls } = fakeFetch(({ path }) =>
      path.endsWith("/refresh") ? [200, grant("A")] : [401, problem(401, "expired", "Expired.")],
    );
    const { api } = await freshPage();
    await expect(api.get("/api/me")).rejects.toMatchObject({ code: "expired" });
    expect(paths(calls).filter((path) => path === "GET /api/me")).toHaveLength(2);
  });
});

describe("a problem", () => {
  it("carries the server's code, words and fields", async () => {
    fakeFetch(({ path }) =>
      path.endsWith("/refresh")
        ? [200, grant("A")]
        : [
            422,
            {
              ...problem(422, "invalid", "Check the topic."),
              errors: [{ field: "topic", message: "Too long." }],
            },
          ],
    );
    const { api } = await freshPage();
    await expect(api.post("/api/discussions", {})).rejects.toMatchObject({
      status: 422,
      code: "invalid",
      message: "Check the topic.",
      fields: [{ field: "topic", message: "Too long." }],
    });
  });

  it("has plain words also when the server is away", async () => {
    vi.stubGlobal("fetch", () => Promise.reject(new TypeError("failed")));
    const { api } = await freshPage();
    await expect(api.get("/api/me")).rejects.toMatchObject({ code: "offline", message: /cannot be reached/ });
  });
});
