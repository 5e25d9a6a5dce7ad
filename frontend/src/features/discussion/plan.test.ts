import { expect, it } from "vitest";
import { message } from "@/test/builders";
import { countTurns } from "./plan";

it("a step is due by what was said: a turn that failed or was struck is none", () => {
  const host = { kind: "user", id: null, name: "Host" } as const;
  const messages = [
    message({ status: "complete" }),
    message({ status: "stopped" }),
    message({ status: "failed" }),
    message({ status: "struck" }),
    message({ status: "streaming" }),
    message({ author: host }),
  ];
  expect(countTurns(messages)).toBe(2);
});
