// The discussion page as the host meets it, by roles and names.
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { api } from "@/lib/api";
import { discussion, message, snapshot, turn } from "@/test/builders";
import { FakeWebSocket } from "@/test/fakes";
import { fakeServer } from "@/test/page";
import { Discussion } from "./Discussion";

const host = { kind: "user", id: null, name: "Host" } as const;

async function open(first = snapshot()) {
  render(
    <QueryClientProvider client={new QueryClient({ defaultOptions: { queries: { retry: false } } })}>
      <Discussion id="d1" />
    </QueryClientProvider>,
  );
  await waitFor(() => FakeWebSocket.last);
  server(first);
  await screen.findByRole("log", { name: "Transcript" });
  return userEvent.setup();
}

function server(...events: unknown[]) {
  act(() => {
    for (const event of events) {
      if (FakeWebSocket.last.readyState === FakeWebSocket.OPEN) FakeWebSocket.last.tell(event);
      else FakeWebSocket.last.accept(event);
    }
  });
}

const sent = (type: string) => FakeWebSocket.last.sent.filter((frame) => frame["type"] === type);
const started = { type: "turn_started", seq: 6, turn: turn({ id: "t1" }) };
const delta = (from: number, text: string) => ({ type: "delta", turn: "t1", from, text });
const ended = (changes = {}) => ({
  type: "turn_ended",
  seq: 7,
  message: message({
    id: "t1",
    seq: 7,
    position: 2,
    author: { kind: "character", id: "maria-montessori", name: "Maria Montessori" },
    text: "It is work.",
    ...changes,
  }),
});

beforeEach(() => {
  FakeWebSocket.all = [];
  vi.stubGlobal("WebSocket", FakeWebSocket);
  vi.stubGlobal(
    "ResizeObserver",
    class {
      observe() {
        /* jsdom has no layout */
      }
      disconnect() {
        /* likewise */
      }
    },
  );
  vi.spyOn(api, "post").mockResolvedValue({ ticket: "T" });
  fakeServer();
});

describe("the transcript", () => {
  it("has an article for each message, named by its author", async () => {
    await open(
      snapshot({ messages: [message(), message({ id: "m2", position: 2, author: host, text: "Why?" })] }),
    );
    const names = screen.getAllByRole("article").map((article) => article.getAttribute("aria-label"));
    expect(names).toEqual(["John Dewey", "Host"]);
  });

  it("shows running text as it comes, and the same article afterwards", async () => {
    await open();
    server(started);
    const article = await screen.findByRole("article", { name: "Maria Montessori" });
    expect(within(article).getByText(/thinking/)).toBeInTheDocument();
    server(delta(0, "It is "), delta(6, "work."));
    await within(article).findByText("It is work.");
    server(ended());
    await waitFor(() => {
      expect(article).not.toHaveAttribute("aria-busy");
    });
    expect(screen.getAllByRole("article")).toEqual([article]);
  });

  it("announces a finished message once, and no delta", async () => {
    await open(snapshot({ messages: [message()] }));
    const region = document.querySelector('[aria-live="polite"][aria-atomic]');
    server(started, delta(0, "It is work."));
    await screen.findByText("It is work.");
    expect(region).toHaveTextContent("");
    server(ended());
    await waitFor(() => {
      expect(region).toHaveTextContent("Maria Montessori: It is work.");
    });
    expect(screen.getByRole("log")).toHaveAttribute("aria-live", "off");
  });

  it("says what became of a broken turn and offers to go on", async () => {
    const user = await open();
    server(
      started,
      delta(0, "It is"),
      ended({ text: "It is", status: "interrupted", error: "The connection broke off." }),
    );
    const article = await screen.findByRole("article", { name: "Maria Montessori" });
    expect(await within(article).findByText(/The connection broke off/)).toBeInTheDocument();
    await user.click(within(article).getByRole("button", { name: "Continue" }));
    expect(sent("continue")).toMatchObject([{ message_id: "t1" }]);
  });

  it("comes back with what it has when a delta is missing", async () => {
    await open();
    server(started, delta(0, "It is "), delta(20, "work."));
    await waitFor(() => {
      expect(FakeWebSocket.all).toHaveLength(2);
    });
    expect(FakeWebSocket.last.url).toContain("after=6");
  });

  it("says that the words are an AI's and the voices the demo's", async () => {
    await open();
    expect(screen.getByText(/AI’s portrayal/)).toBeInTheDocument();
    expect(await screen.findByText(/demo voices/)).toBeInTheDocument();
  });
});

describe("steering", () => {
  it("asks for the next response once, however often it is pressed", async () => {
    const user = await open();
    await user.dblClick(screen.getByRole("button", { name: "Next Response" }));
    expect(sent("next")).toHaveLength(1);
    expect(sent("stop")).toHaveLength(0);
  });

  it("turns into Stop half a second after the turn began, not before", async () => {
    const user = await open();
    server(started);
    expect(screen.queryByRole("button", { name: "Stop" })).toBeNull();
    await user.click(await screen.findByRole("button", { name: "Stop" }));
    expect(sent("stop")).toMatchObject([{ turn: "t1" }]);
  });

  it("says who is next", async () => {
    await open(snapshot({ discussion: discussion({ next: "maria-montessori" }) }));
    expect(screen.getByRole("button", { name: "Next Response" })).toHaveAccessibleDescription(
      "Next: Maria Montessori not yet heard this round",
    );
  });

  it("lets a member of the cast speak out of turn", async () => {
    const user = await open();
    await user.click(screen.getByRole("button", { name: "Maria Montessori speaks now" }));
    expect(sent("next")).toMatchObject([{ character_id: "maria-montessori" }]);
  });

  it("obeys the keys, but not while one writes", async () => {
    const user = await open();
    await user.keyboard("2");
    expect(sent("next")).toMatchObject([{ character_id: "maria-montessori" }]);
    await user.click(screen.getByRole("textbox", { name: "Message" }));
    await user.keyboard(" 1");
    expect(sent("next")).toHaveLength(1);
  });

  it("shows a refusal in the server's words", async () => {
    const user = await open();
    await user.keyboard(" ");
    const id = sent("next")[0]?.["id"];
    server({ type: "error", id, code: "provider_unavailable", message: "No model answers now." });
    expect(await screen.findByRole("alert")).toHaveTextContent("No model answers now.");
  });
});

describe("the host's own words", () => {
  it("stay in the box until the server has them", async () => {
    const user = await open();
    const box = screen.getByRole("textbox", { name: "Message" });
    await user.type(box, "And who cannot play?{Enter}");
    expect(sent("say")).toMatchObject([{ text: "And who cannot play?" }]);
    expect(box).toHaveValue("And who cannot play?");
    server({ type: "ack", id: sent("say")[0]?.["id"], seq: 6 });
    await waitFor(() => {
      expect(box).toHaveValue("");
    });
  });

  it("stay in the box after an error, with the reason", async () => {
    const user = await open();
    const box = screen.getByRole("textbox", { name: "Message" });
    await user.type(box, "Too long");
    await user.click(screen.getByRole("button", { name: "Send" }));
    server({ type: "error", id: sent("say")[0]?.["id"], code: "too_long", message: "Shorten it." });
    expect(await screen.findByRole("alert")).toHaveTextContent("Shorten it.");
    expect(box).toHaveValue("Too long");
  });
});

it("says in plain words that a discussion is not there", async () => {
  await open();
  act(() => {
    FakeWebSocket.last.hangUp(4404);
  });
  expect(await screen.findByRole("heading", { name: "This discussion cannot be shown" })).toBeInTheDocument();
});
