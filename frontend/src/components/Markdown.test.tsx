// Words of models and people on the page: formatted, never executed.
import { render, screen } from "@testing-library/react";
import "./wholeMarkdown";
import { describe, expect, it } from "vitest";
import { Markdown } from "./Markdown";
import { BlockReader } from "./markdownBlocks";

describe("Markdown", () => {
  it("formats what a speaker may use", () => {
    render(<Markdown text={"A *first* **point**:\n\n1. one\n2. two\n\n> so it is"} />);
    expect(screen.getByText("first").tagName).toBe("EM");
    expect(screen.getByText("point").tagName).toBe("STRONG");
    expect(screen.getAllByRole("listitem").map((item) => item.textContent)).toEqual(["one", "two"]);
    expect(screen.getByText("so it is").closest("blockquote")).not.toBeNull();
  });

  it("shows tags as text and pictures as their description", () => {
    const { container } = render(
      <Markdown text={'<img src=x onerror="alert(1)"> and ![a tower](https://x.test/t.png)'} />,
    );
    expect(container.querySelector("img")).toBeNull();
    expect(container).toHaveTextContent('<img src=x onerror="alert(1)"> and a tower');
  });

  it("links only to the web, without telling where one comes from", () => {
    render(
      <Markdown text={"[good](https://example.org) [bad](javascript:alert(1)) [file](file:///etc/passwd)"} />,
    );
    expect(screen.getAllByRole("link")).toHaveLength(1);
    expect(screen.getByRole("link", { name: "good" })).toHaveAttribute(
      "rel",
      expect.stringContaining("noreferrer"),
    );
  });
});

describe("BlockReader", () => {
  const TEXT =
    "First *one*.\n\n- a\n\n- b\n\nThen:\n\n```js\nlet a = 1;\n\nlet b;\n```\n\n| x | y |\n|---|---|\n| 1 | 2 |\n\nEnd.";

  it("reads growing text as it reads the whole", () => {
    const growing = new BlockReader();
    for (let end = 1; end <= TEXT.length; end += 1) {
      const raw = growing.read(TEXT.slice(0, end)).map((token) => token.raw.trim());
      expect(raw).toEqual(new BlockReader().read(TEXT.slice(0, end)).map((token) => token.raw.trim()));
    }
  });

  it("does not read finished blocks again", () => {
    const reader = new BlockReader();
    const [first] = reader.read("One.\n\nTwo");
    expect(reader.read("One.\n\nTwo and more.\n\nThree")[0]).toBe(first);
  });

  it("starts anew when the text is another", () => {
    const reader = new BlockReader();
    reader.read("One.\n\nTwo");
    expect(reader.read("Other").map((token) => token.raw)).toEqual(["Other"]);
  });
});
