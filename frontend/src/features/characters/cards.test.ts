// A card as lines of text, and back.
import { describe, expect, it } from "vitest";
import { character } from "@/test/builders";
import { bodyOf, cardOf, lengthOf, worksOf } from "./cards";

describe("works", () => {
  it("are a title and, in brackets, a year", () => {
    expect(worksOf("Letters (1950)\n- Émile, or on education\n\nA (B) (c. 108)")).toEqual([
      { title: "Letters", year: "1950" },
      { title: "Émile, or on education", year: null },
      { title: "A (B)", year: "c. 108" },
    ]);
  });
});

describe("a character", () => {
  const full = character("own-1", "Ada", {
    builtin: false,
    living: true,
    key_ideas: ["Soup: it helps."],
    works: [{ title: "Letters", year: "1950" }],
    dissent: ["No."],
    cautions: ["Careful."],
    quotation: { text: "Yes.", source: "Letters" },
  });

  it("is sent as it was read", () => {
    const { key_ideas, works, dissent, cautions, quotation, living } = full;
    expect(bodyOf(cardOf(full))).toMatchObject({ key_ideas, works, dissent, cautions, quotation, living });
  });

  it("without a quotation sends none, and half of one as it is", () => {
    expect(bodyOf({ ...cardOf(full), quotation: " ", source: "" }).quotation).toBeNull();
    expect(bodyOf({ ...cardOf(full), source: "" }).quotation).toEqual({ text: "Yes.", source: "" });
  });

  it("is as long as its limit counts", () => {
    expect(lengthOf(cardOf({ ...full, tagline: "", bio: "é", voice: "" }))).toBe(
      Array.from("AdaéSoup: it helps.No.Careful.Letters").length,
    );
  });
});
