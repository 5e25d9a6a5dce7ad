// The discussion of the address, opened before its page is there.
import { beforeEach, expect, it, vi } from "vitest";
import { snapshot } from "@/test/builders";
import { FakeWebSocket } from "@/test/fakes";
import { api } from "./api";
import { discussionAsHost, openEarly } from "./opening";
import { whenPainted } from "./painted";
import { ApiError } from "./problem";

beforeEach(() => {
  FakeWebSocket.all = [];
  vi.stubGlobal("WebSocket", FakeWebSocket);
  vi.spyOn(api, "post").mockResolvedValue({ ticket: "T" });
});

it("is the page's, with what has come meanwhile, over one connection", async () => {
  openEarly("d1");
  await vi.waitFor(() => FakeWebSocket.last);
  FakeWebSocket.last.accept(snapshot());
  const live = discussionAsHost("d1");
  live.open();
  await vi.waitFor(() => {
    expect(live.getShown().view).not.toBeNull();
  });
  expect(FakeWebSocket.all).toHaveLength(1);
  expect(api.post).toHaveBeenCalledTimes(1);
  live.close();
});

it("is given once: whoever comes back later begins anew", () => {
  openEarly("d1");
  const live = discussionAsHost("d1");
  const again = discussionAsHost("d1");
  expect(again).not.toBe(live);
  live.close();
});

it("is closed when the page is another discussion's", async () => {
  openEarly("d1");
  await vi.waitFor(() => FakeWebSocket.last);
  const close = vi.spyOn(FakeWebSocket.last, "close");
  expect(discussionAsHost("d2").id).toBe("d2");
  expect(close).toHaveBeenCalled();
});

it("is begun anew where it led nowhere", async () => {
  const post = vi.spyOn(api, "post").mockRejectedValue(new ApiError(401, "unauthorized", "Sign in."));
  openEarly("d1");
  await vi.waitFor(() => {
    expect(post).toHaveBeenCalled();
  });
  await new Promise<void>(whenPainted);
  expect(discussionAsHost("d1").getShown().status).toBe("connecting");
});
