// Finding, renaming and deleting discussions.
import { screen, waitFor, within } from "@testing-library/react";
import { beforeEach, describe, expect, it } from "vitest";
import { discussion, participant } from "@/test/builders";
import { fakeServer, open } from "@/test/page";
import HistoryPage from "./HistoryPage";

const first = discussion({ id: "d1", title: "Lesson one", message_count: 7 });
const second = discussion({ id: "d2", topic: "Can virtue be taught?", title: "Can virtue be taught?" });
const list = (items: unknown[], next_cursor: string | null = null) =>
  [200, { items, next_cursor }] as [number, unknown];

const titles = () => screen.getAllByRole("heading", { level: 2 }).map((heading) => heading.textContent);

beforeEach(() => {
  sessionStorage.clear();
});

describe("the list", () => {
  it("leads to each discussion and tells who took part", async () => {
    fakeServer({ "GET /api/discussions": () => list([first, second]) });
    open(<HistoryPage />, "/history");
    const link = await screen.findByRole("link", { name: "Lesson one" });
    expect(link).toHaveAttribute("href", "/discussions/d1");
    const row = within(screen.getAllByRole("listitem")[0] as HTMLElement);
    expect(row.getByText("What is play for?")).toBeInTheDocument();
    expect(row.getByText("John Dewey, Maria Montessori")).toBeInTheDocument();
    expect(row.getByText(/7 messages/)).toBeInTheDocument();
  });

  it("fetches older ones", async () => {
    fakeServer({
      "GET /api/discussions": ({ path }) => (path.includes("cursor=C") ? list([second]) : list([first], "C")),
    });
    const user = open(<HistoryPage />, "/history");
    await user.click(await screen.findByRole("button", { name: "Show older ones" }));
    await waitFor(() => {
      expect(titles()).toEqual(["Lesson one", "Can virtue be taught?"]);
    });
    expect(screen.queryByRole("button", { name: "Show older ones" })).toBeNull();
  });

  it("searches, marks what was found, and keeps the words in the address", async () => {
    const found = { ...second, snippet: { before: "whether ", match: "virtue", after: " is knowledge" } };
    fakeServer({
      "GET /api/discussions": ({ path }) => list(path.includes("q=virtue") ? [found] : [first, second]),
    });
    const user = open(<HistoryPage />, "/history");
    await user.type(await screen.findByRole("searchbox", { name: "Search discussions" }), "virtue");
    expect((await screen.findByText("virtue")).tagName).toBe("MARK");
    expect(titles()).toEqual(["Can virtue be taught?"]);
    expect(window.location.search).toBe("?q=virtue");
  });

  it("says when a search failed, and leaves it to be tried again or changed", async () => {
    let broken = true;
    fakeServer({
      "GET /api/discussions": ({ path }) => {
        if (!path.includes("q=")) return list([first, second]);
        return broken ? [503, { code: "storage_unavailable", detail: "The disk is full." }] : list([second]);
      },
    });
    const user = open(<HistoryPage />, "/history");
    const search = await screen.findByRole("searchbox", { name: "Search discussions" });
    await user.type(search, "virtue");
    expect(await screen.findByText("The disk is full.")).toBeInTheDocument();
    expect(screen.queryByRole("heading", { level: 2 })).toBeNull();
    expect(search).toHaveValue("virtue");
    broken = false;
    await user.click(screen.getByRole("button", { name: "Try again" }));
    expect(await screen.findByRole("link", { name: "Can virtue be taught?" })).toBeInTheDocument();
  });

  it("is narrowed by somebody who came with a lesson and is in no library", async () => {
    const asked: string[] = [];
    const guest = discussion({ id: "d3", participants: [participant("own-1", "Our librarian")] });
    fakeServer({
      "GET /api/discussions": ({ path }) => {
        asked.push(new URLSearchParams(path.split("?")[1]).get("character") ?? "");
        return list([guest]);
      },
    });
    const user = open(<HistoryPage />, "/history");
    const cast = await screen.findByRole("combobox", { name: "With" });
    await user.selectOptions(cast, await within(cast).findByRole("option", { name: "Our librarian" }));
    await waitFor(() => {
      expect(asked).toEqual(["", "own-1"]);
    });
  });

  it("shows the archive too, or alone", async () => {
    const asked: string[] = [];
    fakeServer({
      "GET /api/discussions": ({ path }) => {
        asked.push(new URLSearchParams(path.split("?")[1]).get("archived") ?? "");
        return list([first]);
      },
    });
    const user = open(<HistoryPage />, "/history");
    const archive = await screen.findByRole("combobox", { name: "Archive" });
    await user.selectOptions(archive, "too");
    await user.selectOptions(archive, "alone");
    await waitFor(() => {
      expect(asked).toEqual(["", "all", "true"]);
    });
    expect(window.location.search).toBe("?archive=yes");
  });

  it("says when nothing was found", async () => {
    fakeServer({ "GET /api/discussions": ({ path }) => list(path.includes("q=") ? [] : [first]) });
    open(<HistoryPage />, "/history?q=zebra");
    expect(await screen.findByText("No discussion speaks of “zebra”.")).toBeInTheDocument();
    expect(screen.getByRole("searchbox")).toHaveValue("zebra");
  });
});

describe("one discussion", () => {
  it("is renamed", async () => {
    let title = "Lesson one";
    fakeServer({
      "GET /api/discussions": () => list([{ ...first, title }]),
      "PATCH /api/discussions/d1": ({ body }) => {
        title = (body as { title: string }).title;
        return [200, { ...first, title }];
      },
    });
    const user = open(<HistoryPage />, "/history");
    await user.click(await screen.findByRole("button", { name: "Rename Lesson one" }));
    await user.type(screen.getByRole("textbox", { name: "Title" }), ", again");
    await user.click(screen.getByRole("button", { name: "Save" }));
    expect(await screen.findByRole("link", { name: "Lesson one, again" })).toBeInTheDocument();
    expect(screen.queryByRole("dialog")).toBeNull();
  });

  it("is deleted after asking, and stays when that fails", async () => {
    let there = true;
    let broken = true;
    fakeServer({
      "GET /api/discussions": () => list(there ? [first, second] : [second]),
      "DELETE /api/discussions/d1": () => {
        if (broken) return [503, { code: "storage_unavailable", detail: "The disk is full." }];
        there = false;
        return [204];
      },
    });
    const user = open(<HistoryPage />, "/history");
    await user.click(await screen.findByRole("button", { name: "Delete Lesson one" }));
    const question = within(screen.getByRole("dialog"));
    await user.click(question.getByRole("button", { name: "Delete" }));
    expect(await question.findByRole("alert")).toHaveTextContent("The disk is full.");
    broken = false;
    await user.click(question.getByRole("button", { name: "Delete" }));
    await waitFor(() => {
      expect(titles()).toEqual(["Can virtue be taught?"]);
    });
  });
});

it("marks what was found in a title there", async () => {
  const found = { ...second, snippet: { before: "Can ", match: "virtue", after: " be taught?" } };
  fakeServer({ "GET /api/discussions": () => list([found]) });
  open(<HistoryPage />, "/history?q=virtue");
  const title = await screen.findByRole("link", { name: "Can virtue be taught?" });
  expect(within(title).getByText("virtue").tagName).toBe("MARK");
  expect(screen.getAllByText("virtue")).toHaveLength(1);
});

it("offers a good question while nothing has been discussed", async () => {
  fakeServer({ "GET /api/discussions": () => list([]) });
  const user = open(<HistoryPage />, "/history");
  expect(await screen.findByRole("heading", { name: "What is play for?" })).toBeInTheDocument();
  await user.click(screen.getByRole("button", { name: "Start with this" }));
  expect(window.location.pathname).toBe("/");
});
