// A guest who signs in by Supabase: taken over once, and never lost on the way.
import { beforeEach, describe, expect, it, vi } from "vitest";
import { fakeServer } from "@/test/page";

const session = { access_token: "S", expires_at: Date.now() / 1000 + 3600 };

vi.mock("@supabase/auth-js", () => ({
  AuthClient: class {
    initialize = () => Promise.resolve();
    getSession = () => Promise.resolve({ data: { session }, error: null });
    signOut = () => Promise.resolve({ error: null });
  },
  isAuthApiError: () => false,
  isAuthRetryableFetchError: () => false,
}));

beforeEach(() => {
  vi.resetModules();
  document.cookie = "chatlab_login=guest";
});

/** Signs in where the takeover is answered so. */
async function signIn(status: number) {
  const { calls } = fakeServer({
    "POST /api/auth/adopt": () => (status === 204 ? [status] : [status, { code: "x", detail: "x" }]),
    "POST /api/auth/logout": () => [204],
  });
  const { supabase } = await import("./supabase");
  const client = await supabase({ url: "https://project.example", key: null });
  const grant = await client.renew(null).catch(() => null);
  return { grant, asked: calls.map(({ path }) => path) };
}

describe("a guest who signs in", () => {
  it.each([204, 409])("is over once the server has answered for good (%d)", async (status) => {
    const { grant, asked } = await signIn(status);
    expect(grant?.access_token).toBe("S");
    expect(asked).toEqual(["/api/auth/adopt", "/api/auth/logout", "/api/me"]);
  });

  it.each([503, 429])("is still there after a failure that passes (%d)", async (status) => {
    const { grant, asked } = await signIn(status);
    expect(grant).toBeNull();
    expect(asked).toEqual(["/api/auth/adopt"]);
  });
});
