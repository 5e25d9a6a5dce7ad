// What the host sees of a long discussion, and of a summary while it is written.
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { api } from "@/lib/api";
import { message, snapshot } from "@/test/builders";
import { FakeWebSocket } from "@/test/fakes";
import { fakeServer } from "@/test/page";
import { Discussion } from "./Discussion";

const RECAP = { version: 2, position: 1, created_at: "2026-11-23T08:00:00.000Z" };
const MESSAGES = [message({ id: "a", text: "Play." }), message({ id: "b", position: 2, text: "Work." })];

function tell(event: unknown) {
  act(() => {
    FakeWebSocket.last.tell(event);
  });
}

async function open(first: unknown = snapshot({ messages: MESSAGES })) {
  render(
    <QueryClientProvider client={new QueryClient({ defaultOptions: { queries: { retry: false } } })}>
      <Discussion id="d1" />
    </QueryClientProvider>,
  );
  await waitFor(() => FakeWebSocket.last);
  act(() => {
    FakeWebSocket.last.accept(first);
  });
  await screen.findByRole("log", { name: "Transcript" });
  return userEvent.setup();
}

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
});

describe("who has spoken how much", () => {
  it("is counted from the newest messages, and from all of them when asked", async () => {
    const older = message({ id: "0", position: 1, text: "In the beginning was the child." });
    fakeServer({ "GET /api/discussions/d1/messages": () => [200, { items: [older], next_cursor: null }] });
    const newest = message({ id: "a", position: 2, text: "Play." });
    const user = await open(snapshot({ messages: [newest], more_before: 2 }));
    await user.click(screen.getByText("Direct"));
    const table = await screen.findByRole("list", { name: "At the table" });
    expect(table).toHaveTextContent(/1 turn, 1 word/);
    await user.click(screen.getByRole("button", { name: "Count all" }));
    await waitFor(() => {
      expect(table).toHaveTextContent(/2 turns, 7 words/);
    });
    expect(screen.queryByText(/Counted from/)).toBeNull();
  });
});

describe("what is remembered in short", () => {
  const recaps = [
    { ...RECAP, current: true, text: "Dewey: play is work [1].", provider: "anthropic", model: "m-1" },
    { ...RECAP, version: 1, current: false, text: null, provider: "anthropic", model: "m-1" },
  ];

  it("is told behind the last message it covers, and can be read", async () => {
    fakeServer({ "GET /api/discussions/d1/recaps": () => [200, { items: recaps, next_cursor: null }] });
    const user = await open();
    expect(screen.queryByText(/remember what is above/)).toBeNull();
    tell({ type: "recap", recap: RECAP });
    const line = await screen.findByText(/remember what is above/);
    const [first, second] = screen.getAllByRole("article");
    expect(first?.compareDocumentPosition(line)).toBe(Node.DOCUMENT_POSITION_FOLLOWING);
    expect(second?.compareDocumentPosition(line)).toBe(Node.DOCUMENT_POSITION_PRECEDING);
    await user.click(screen.getByRole("button", { name: "Read it" }));
    expect(await screen.findByText("Dewey: play is work [1].")).toBeInTheDocument();
    expect(screen.getByText(/Version 2, by m-1/)).toBeInTheDocument();
    tell({ type: "recap", recap: null });
    await waitFor(() => {
      expect(screen.queryByText(/remember what is above/)).toBeNull();
    });
  });
});

describe("a summary", () => {
  const lines = {
    topic: "Play",
    participants: [{ character_id: "john-dewey", name: "John Dewey" }],
    positions: { a: 1, far: 7 },
    insights: [],
    agreements: [],
    tensions: [],
    questions: [],
  };
  const draft = { ...lines, agreements: [{ text: "Both watch the child.", messages: ["a"] }] };
  const kept = { ...draft, version: 1, created_at: RECAP.created_at, last_seq: 9, demo: false, model: "m-1" };
  const event = (name: string, data: unknown) => `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;

  function server(): { say: (text: string) => void; end: () => void } {
    let controller: ReadableStreamDefaultController<Uint8Array> | null = null;
    fakeServer();
    const others = fetch;
    vi.stubGlobal("fetch", (path: string, init: RequestInit = {}) => {
      if (!path.includes("/summary") || init.method !== "POST") return others(path, init);
      const body = new ReadableStream<Uint8Array>({
        start(begun) {
          controller = begun;
        },
      });
      return Promise.resolve(new Response(body));
    });
    return {
      say: (text) => controller?.enqueue(new TextEncoder().encode(text)),
      end: () => controller?.close(),
    };
  }

  async function begin() {
    const user = await open();
    await user.click(screen.getByRole("button", { name: "Summary" }));
    await user.click(await screen.findByRole("button", { name: "Summarise" }));
    await screen.findByRole("button", { name: "Reading the discussion…" });
    return within(screen.getByRole("dialog", { name: "Summary" }));
  }

  it("is shown line by line", async () => {
    const { say, end } = server();
    const dialog = await begin();
    say(event("draft", draft));
    expect(await dialog.findByText(/Both watch the child/)).toBeInTheDocument();
    expect(dialog.getByRole("button", { name: "Reading the discussion…" })).toBeInTheDocument();
    say(event("summary", kept));
    end();
    expect(await dialog.findByRole("button", { name: "Summarise again" })).toBeInTheDocument();
    expect(dialog.getByRole("button", { name: "Show message 1" })).toBeInTheDocument();
    expect(dialog.getByText(/With John Dewey/)).toBeInTheDocument();
  });

  it("loses a line with the message that it rests on, and names places that are not loaded", async () => {
    const { say, end } = server();
    const dialog = await begin();
    const questions = [{ text: "Who decides?", messages: ["far"] }];
    say(event("summary", { ...kept, questions }));
    end();
    expect(await dialog.findByText(/Both watch the child/)).toBeInTheDocument();
    expect(dialog.getByRole("button", { name: "Show message 7" })).toBeInTheDocument();
    tell({ type: "message", seq: 10, message: message({ id: "a", seq: 10, text: "", status: "struck" }) });
    await waitFor(() => {
      expect(dialog.queryByText(/Both watch the child/)).toBeNull();
    });
    expect(dialog.getByText(/Who decides/)).toBeInTheDocument();
  });

  it("says why there is none", async () => {
    const { say, end } = server();
    const dialog = await begin();
    say(
      event("problem", {
        status: 402,
        code: "budget_exhausted",
        detail: "Your budget for today is used up.",
      }),
    );
    end();
    expect(await dialog.findByText("Your budget for today is used up.")).toBeInTheDocument();
    expect(dialog.getByRole("button", { name: "Summarise" })).toBeInTheDocument();
  });
});
