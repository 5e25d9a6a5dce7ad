// Choosing a cast and a topic, as a teacher does it.
import { cleanup, screen, waitFor, within } from "@testing-library/react";
import { beforeEach, describe, expect, it } from "vitest";
import { discussion } from "@/test/builders";
import { fakeServer, open } from "@/test/page";
import { ChoosePage } from "./ChoosePage";

const seats = () =>
  within(screen.getByRole("list", { name: "At the table" }))
    .queryAllByRole("button")
    .map((seat) => seat.getAttribute("aria-label"));
const tile = (name: string) => screen.findByRole("checkbox", { name: new RegExp(`^${name}`) });
const launch = () => screen.getByRole("button", { name: "Launch Discussion" });
const topic = () => screen.findByRole("textbox", { name: "Topic" });

const launched = { "POST /api/discussions": () => [201, discussion({ id: "d9" })] as [number, unknown] };

beforeEach(() => {
  sessionStorage.clear();
});

describe("the first visit", () => {
  it("has a cast and a topic ready, so that one press launches", async () => {
    const { calls } = fakeServer(launched);
    const user = open(<ChoosePage />);
    expect(await topic()).toHaveValue("What is play for?");
    expect(await tile("John Dewey")).toBeChecked();
    expect(await tile("Plato")).not.toBeChecked();
    await user.click(launch());
    await waitFor(() => {
      expect(window.location.pathname).toBe("/discussions/d9");
    });
    expect(calls.find(({ path }) => path === "/api/discussions")?.body).toEqual({
      topic: "What is play for?",
      character_ids: ["john-dewey", "maria-montessori", "paulo-freire"],
      turn_order: "balanced",
    });
  });

  it("offers other examples, each with its own cast", async () => {
    fakeServer();
    const user = open(<ChoosePage />);
    await user.click(await screen.findByRole("button", { name: /^Can virtue be taught\?.*Plato, Socrates/ }));
    expect(await topic()).toHaveValue("Can virtue be taught?");
    expect(seats()).toEqual(["Seat 1: Plato", "Seat 2: Socrates"]);
  });
});

describe("the wall", () => {
  it("seats whom one chooses, and lets them leave", async () => {
    fakeServer();
    const user = open(<ChoosePage />);
    await user.click(await tile("Plato"));
    expect(seats().at(-1)).toBe("Seat 4: Plato");
    await user.click(await tile("John Dewey"));
    expect(seats()).toEqual(["Seat 1: Maria Montessori", "Seat 2: Paulo Freire", "Seat 3: Plato"]);
  });

  it("has room for six and says so", async () => {
    fakeServer();
    const user = open(<ChoosePage />);
    for (const name of ["Plato", "Socrates", "Simone de Beauvoir", "Howard Gardner"]) {
      await user.click(await tile(name));
    }
    expect(seats()).toHaveLength(6);
    expect(await tile("Howard Gardner")).not.toBeChecked();
    expect(screen.getByText(/six seats/)).toBeInTheDocument();
  });

  it("finds by name without accents and by idea, and shows one pack alone", async () => {
    fakeServer();
    const user = open(<ChoosePage />);
    const search = await screen.findByRole("searchbox", { name: "Search characters" });
    const names = () => screen.queryAllByRole("checkbox").map((one) => one.getAttribute("aria-label"));
    await user.type(search, "lEArning döing");
    await waitFor(() => {
      expect(names()).toEqual([expect.stringMatching(/^John Dewey/)]);
    });
    await user.clear(search);
    await user.type(search, "nobody");
    expect(await screen.findByText(/Nobody here answers/)).toBeInTheDocument();
    await user.clear(search);
    await user.click(screen.getByRole("radio", { name: "Philosophers" }));
    await waitFor(() => {
      expect(names()).toHaveLength(3);
    });
  });

  it("opens a card that marks the living", async () => {
    fakeServer();
    const user = open(<ChoosePage />);
    await user.click(await screen.findByRole("button", { name: "About Howard Gardner" }));
    const card = screen.getByRole("dialog", { name: "Howard Gardner" });
    expect(within(card).getByText("living")).toBeInTheDocument();
    await user.click(within(card).getByRole("button", { name: "Invite to the table" }));
    expect(seats().at(-1)).toBe("Seat 4: Howard Gardner");
    expect(screen.queryByRole("dialog")).toBeNull();
  });
});

describe("the table", () => {
  it("changes the speaking order by keys and by buttons", async () => {
    fakeServer();
    const user = open(<ChoosePage />);
    const freire = await screen.findByRole("button", { name: "Seat 3: Paulo Freire" });
    freire.focus();
    await user.keyboard("{ArrowLeft}{ArrowLeft}{ArrowLeft}");
    expect(seats()).toEqual(["Seat 1: Paulo Freire", "Seat 2: John Dewey", "Seat 3: Maria Montessori"]);
    expect(screen.getByText("Paulo Freire speaks first of 3")).toBeInTheDocument();
    await user.keyboard("{Enter}");
    await user.click(screen.getByRole("button", { name: "Later" }));
    expect(seats()[1]).toBe("Seat 2: Paulo Freire");
    screen.getByRole("button", { name: "Seat 1: John Dewey" }).focus();
    await user.keyboard("{Delete}");
    expect(seats()).toEqual(["Seat 1: Paulo Freire", "Seat 2: Maria Montessori"]);
  });

  it("shows what each would probably say, beside the seats", async () => {
    const { calls } = fakeServer({
      "POST /api/perspectives": ({ body }) => [
        200,
        {
          items: (body as { character_ids: string[] }).character_ids.map((id) => ({
            character_id: id,
            text: `I am ${id}.`,
          })),
        },
      ],
    });
    const user = open(<ChoosePage />);
    await user.click(await screen.findByRole("button", { name: "Likely perspectives" }));
    const region = screen.getByRole("region", { name: "Likely perspectives" });
    expect(await within(region).findByText("I am paulo-freire.")).toBeInTheDocument();
    await user.click(screen.getByRole("button", { name: "Hide perspectives" }));
    await user.click(screen.getByRole("button", { name: "Likely perspectives" }));
    expect(await screen.findByText("I am john-dewey.")).toBeInTheDocument();
    expect(calls.filter(({ path }) => path === "/api/perspectives")).toHaveLength(1);
  });
});

describe("launching", () => {
  it("says what is missing and keeps the rest", async () => {
    const { calls } = fakeServer(launched);
    const user = open(<ChoosePage />);
    await user.clear(await topic());
    await user.click(launch());
    expect(screen.getByRole("alert")).toHaveTextContent(/Write what they shall discuss/);
    expect(await topic()).toHaveFocus();
    expect(calls.some(({ path }) => path === "/api/discussions")).toBe(false);
  });

  it("keeps what was written when the server fails, and repeats under the same key", async () => {
    const keys: (string | null)[] = [];
    let failing = true;
    fakeServer({
      "POST /api/discussions": ({ idempotencyKey }) => {
        keys.push(idempotencyKey);
        return failing
          ? [503, { code: "storage_unavailable", detail: "The disk is full." }]
          : [201, discussion()];
      },
    });
    const user = open(<ChoosePage />);
    await user.clear(await topic());
    await user.type(await topic(), "Is a school a small society?{Enter}");
    expect(await screen.findByText("The disk is full.")).toBeInTheDocument();
    expect(await topic()).toHaveValue("Is a school a small society?");
    failing = false;
    await user.click(launch());
    await waitFor(() => {
      expect(keys).toHaveLength(2);
    });
    expect(keys[0]).toBeTruthy();
    expect(keys[1]).toBe(keys[0]);
  });

  it("finds everything again after a reload", async () => {
    fakeServer();
    const user = open(<ChoosePage />);
    await user.clear(await topic());
    await user.type(await topic(), "Who owns knowledge?");
    await user.click(await tile("Plato"));
    cleanup();
    open(<ChoosePage />);
    expect(await topic()).toHaveValue("Who owns knowledge?");
    expect(await tile("Plato")).toBeChecked();
  });
});
