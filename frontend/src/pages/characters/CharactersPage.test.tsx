// Reading, copying, making, changing and deleting characters.
import { cleanup, screen, waitFor, within } from "@testing-library/react";
import { beforeEach, describe, expect, it } from "vitest";
import { character } from "@/test/builders";
import { CAST, fakeServer, open } from "@/test/page";
import CharactersPage from "./CharactersPage";

const own = character("own-1", "Grandma Ada", {
  pack: "own",
  builtin: false,
  key_ideas: ["Soup: it helps."],
  works: [{ title: "Letters", year: "1950" }],
});
const withOwn = {
  "GET /api/characters": () => [200, { items: [...CAST, own], next_cursor: null }] as [number, unknown],
};

beforeEach(() => {
  sessionStorage.clear();
});

async function openCard(user: ReturnType<typeof open>, name: string) {
  await user.click(await screen.findByRole("button", { name: new RegExp(`^${name}`) }));
  return within(screen.getByRole("dialog", { name }));
}

describe("making a character", () => {
  it("sends ideas line by line and shows the new one", async () => {
    const made: unknown[] = [];
    fakeServer({
      "POST /api/characters": ({ body }) => {
        made.push(body);
        return [201, own];
      },
      "GET /api/characters": () => [200, { items: made.length ? [...CAST, own] : CAST, next_cursor: null }],
    });
    const user = open(<CharactersPage />);
    await user.click(await screen.findByRole("button", { name: "New character" }));
    const dialog = within(screen.getByRole("dialog", { name: "New character" }));
    await user.type(dialog.getByRole("textbox", { name: "Name" }), "Grandma Ada");
    await user.type(dialog.getByRole("textbox", { name: "Key ideas" }), "Soup: it helps.\n- Patience");
    await user.click(dialog.getByRole("radio", { name: "Colour 2 of 2" }));
    await user.click(dialog.getByRole("radio", { name: "Owl" }));
    await user.click(dialog.getByRole("button", { name: "Save" }));
    await waitFor(() => {
      expect(screen.queryByRole("dialog")).toBeNull();
    });
    expect(made).toMatchObject([
      {
        name: "Grandma Ada",
        key_ideas: ["Soup: it helps.", "Patience"],
        color: "#222222",
        color_dark: "#dddddd",
        emblem: "own-owl",
      },
    ]);
    expect(screen.getByRole("button", { name: /^Grandma Ada/ })).toBeInTheDocument();
    expect(screen.getByText("Grandma Ada is saved")).toBeInTheDocument();
  });

  it("says at each field what is wrong, and keeps what was written", async () => {
    fakeServer({
      "POST /api/characters": () => [
        422,
        {
          code: "invalid",
          detail: "Some fields cannot be used.",
          errors: [
            { field: "name", message: "Give it a name." },
            { field: "key_ideas[1]", message: "This idea is too long." },
            { field: "card", message: "All texts together are too long." },
          ],
        },
      ],
    });
    const user = open(<CharactersPage />);
    await user.click(await screen.findByRole("button", { name: "New character" }));
    await user.type(screen.getByRole("textbox", { name: "Voice" }), "Dry.");
    await user.click(screen.getByRole("button", { name: "Save" }));
    const name = screen.getByRole("textbox", { name: "Name" });
    await waitFor(() => {
      expect(name).toHaveAccessibleDescription("Give it a name.");
    });
    await waitFor(() => {
      expect(name).toHaveFocus();
    });
    expect(screen.getByRole("textbox", { name: "Key ideas" })).toHaveAccessibleDescription(
      "This idea is too long.",
    );
    expect(screen.getByRole("alert")).toHaveTextContent(/All texts together are too long/);
    expect(screen.getByRole("textbox", { name: "Voice" })).toHaveValue("Dry.");
  });

  it("keeps a draft that was closed", async () => {
    fakeServer();
    const user = open(<CharactersPage />);
    await user.click(await screen.findByRole("button", { name: "New character" }));
    await user.type(screen.getByRole("textbox", { name: "Name" }), "Half a na");
    cleanup();
    open(<CharactersPage />);
    await user.click(await screen.findByRole("button", { name: "New character" }));
    expect(screen.getByRole("textbox", { name: "Name" })).toHaveValue("Half a na");
  });
});

describe("those that are there", () => {
  it("lets a built-in one be copied, not changed", async () => {
    const { calls } = fakeServer({ "POST /api/characters": () => [201, own] });
    const user = open(<CharactersPage />);
    const card = await openCard(user, "John Dewey");
    expect(card.queryByRole("button", { name: "Edit" })).toBeNull();
    expect(card.queryByRole("button", { name: "Delete" })).toBeNull();
    await user.click(card.getByRole("button", { name: "Duplicate" }));
    await user.click(screen.getByRole("button", { name: "Save" }));
    await waitFor(() => {
      expect(
        calls.find(({ method, path }) => method === "POST" && path === "/api/characters")?.body,
      ).toMatchObject({
        name: "John Dewey (copy)",
        born: "1859",
        key_ideas: ["Learning by doing: one understands what one tries."],
      });
    });
  });

  it("changes one's own as a whole", async () => {
    const { calls } = fakeServer({ ...withOwn, "PUT /api/characters/own-1": () => [200, own] });
    const user = open(<CharactersPage />);
    const card = await openCard(user, "Grandma Ada");
    await user.click(card.getByRole("button", { name: "Edit" }));
    await user.type(screen.getByRole("textbox", { name: "Name" }), " Lovelace");
    await user.click(screen.getByRole("button", { name: "Save" }));
    await waitFor(() => {
      expect(calls.find(({ method }) => method === "PUT")?.body).toMatchObject({
        name: "Grandma Ada Lovelace",
        key_ideas: ["Soup: it helps."],
        works: [{ title: "Letters", year: "1950" }],
      });
    });
  });

  it("deletes one's own after asking", async () => {
    const { calls } = fakeServer({ ...withOwn, "DELETE /api/characters/own-1": () => [204] });
    const user = open(<CharactersPage />);
    await user.click((await openCard(user, "Grandma Ada")).getByRole("button", { name: "Delete" }));
    expect(calls.some(({ method }) => method === "DELETE")).toBe(false);
    const question = within(screen.getByRole("dialog", { name: "Delete Grandma Ada?" }));
    await user.click(question.getByRole("button", { name: "Delete" }));
    await waitFor(() => {
      expect(calls.filter(({ method }) => method === "DELETE")).toHaveLength(1);
    });
  });
});
