// Random histories of all commands, as the server's core told them: whoever applied the events, was away for a while and came
// back, has what a fresh snapshot says. Forty are kept in tests/protocol/; `make histories` applies ten thousand.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import type { ServerEvent } from "./types";
import { applyEvent, entries, type View } from "./view";

interface History {
  name: string;
  events: ServerEvent[];
  snapshot: ServerEvent;
}

function files(): string[] {
  const all = process.env["HISTORIES"];
  if (!all) return [join(process.cwd(), "../tests/protocol/histories.jsonl")];
  return readdirSync(all).map((file) => join(all, file));
}

/** What a person sees. The counters are told by every event's `seq`, not by the discussion's own. */
function seen(view: View | null) {
  if (view === null) throw new Error("a history begins with a snapshot");
  const { seq, role, moreBefore, lost, room } = view;
  const discussion = { ...view.discussion, message_count: 0, last_seq: 0, updated_at: "" };
  return { seq, role, discussion, moreBefore, lost, room, entries: entries(view.messages, view.turn) };
}

it.each(files())(
  "events lead to their snapshot: %s",
  (file) => {
    let count = 0;
    for (const line of readFileSync(file, "utf8").split("\n")) {
      if (line === "") continue;
      const { name, events, snapshot } = JSON.parse(line) as History;
      const told = events.reduce<View | null>(applyEvent, null);
      expect(seen(told), name).toEqual(seen(applyEvent(null, snapshot)));
      count += 1;
    }
    expect(count).toBeGreaterThanOrEqual(40);
  },
  120_000,
);
