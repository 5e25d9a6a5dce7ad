// Text at reading speed, whatever the server does.
import { describe, expect, it } from "vitest";
import { advance, begin, type Part, type Reveal } from "./reveal";

const part = (id: string, text: string, changes: Partial<Part> = {}): Part => ({
  id,
  name: id,
  characterId: id,
  text,
  done: true,
  votes: 0,
  ...changes,
});

const step = (reveal: Reveal | null, script: Part[], words = 1, times = 1) =>
  Array.from({ length: times }).reduce<Reveal | null>((now) => advance(now, script, words), reveal);

describe("revealing", () => {
  it("shows who comes late all that was said so far", () => {
    expect(begin([part("a", "One two"), part("b", "Three", { done: false })])).toEqual({ id: "b", shown: 5 });
  });

  it("goes on by a word", () => {
    const script = [part("a", "One two three")];
    expect(step({ id: "a", shown: 3 }, script)).toEqual({ id: "a", shown: 7 });
  });

  it("begins a turn that begins before one's eyes with its first word", () => {
    expect(step(null, [part("a", "One two", { done: false })])).toEqual({ id: "a", shown: 0 });
  });

  it("does not begin a word that may still grow", () => {
    const script = [part("a", "One tw", { done: false })];
    expect(step({ id: "a", shown: 3 }, script)).toEqual({ id: "a", shown: 4 });
    expect(step({ id: "a", shown: 4 }, script)).toEqual({ id: "a", shown: 4 });
    expect(step({ id: "a", shown: 4 }, [part("a", "One two")])).toEqual({ id: "a", shown: 7 });
  });

  it("stays the same object while nothing comes", () => {
    const reveal = { id: "a", shown: 7 };
    expect(advance(reveal, [part("a", "One two")], 1)).toBe(reveal);
  });

  it("finishes a turn before it goes on to the next, twice as fast", () => {
    const script = [part("a", "One two three four"), part("b", "Five six")];
    const reveal = step({ id: "a", shown: 3 }, script);
    expect(reveal).toEqual({ id: "a", shown: 13 });
    expect(step(reveal, script, 1, 2)).toEqual({ id: "b", shown: 0 });
  });

  it("shows the host's words whole", () => {
    const script = [part("a", "One"), part("h", "Why is that so?", { characterId: null })];
    expect(step({ id: "a", shown: 3 }, script)).toEqual({ id: "h", shown: 15 });
  });

  it("is never more than one turn behind", () => {
    const script = [part("a", "One two three"), part("b", "Four"), part("c", "Five", { done: false })];
    expect(step({ id: "a", shown: 3 }, script)).toEqual({ id: "c", shown: 0 });
  });

  it("goes on elsewhere when what it showed was struck", () => {
    expect(step({ id: "gone", shown: 3 }, [part("a", "One")])).toEqual({ id: "a", shown: 3 });
  });

  it("shows text as it comes where no speed is set", () => {
    expect(step({ id: "a", shown: 0 }, [part("a", "One tw", { done: false })], Infinity)).toEqual({
      id: "a",
      shown: 6,
    });
  });

  it("begins anew with a new version of a turn", () => {
    expect(step({ id: "a", shown: 90 }, [part("a", "", { done: false })])).toEqual({ id: "a", shown: 0 });
  });
});
