// The stories in tests/protocol/ are told to the server's side and to this one: snapshot + events = a fresh snapshot.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { ServerEvent } from "./types";
import { applyEvent, entries, type View } from "./view";

interface Story {
  name: string;
  events: ServerEvent[];
  snapshot: ServerEvent;
}

const folder = join(process.cwd(), "../tests/protocol");
const stories = readdirSync(folder)
  .filter((file) => file.endsWith(".json"))
  .map((file) => JSON.parse(readFileSync(join(folder, file), "utf8")) as Story);

const play = (events: ServerEvent[]) => events.reduce<View | null>(applyEvent, null);

/** What a person sees, and how far the page has got. */
function seen(view: View | null) {
  if (view === null) throw new Error("a story begins with a snapshot");
  const { seq, role, discussion, moreBefore, lost, room, recap } = view;
  return { seq, role, discussion, moreBefore, lost, room, recap, entries: entries(view.messages, view.turn) };
}

describe("snapshot and events make what a fresh snapshot shows", () => {
  it("has stories to tell", () => {
    expect(stories.length).toBeGreaterThan(8);
  });

  it.each(stories.map((story) => [story.name, story] as const))("%s", (_name, { events, snapshot }) => {
    expect(seen(play(events))).toEqual(seen(play([snapshot])));
  });

  it.each(stories.map((story) => [story.name, story] as const))(
    "told twice: %s",
    (_name, { events, snapshot }) => {
      const again = [...events, snapshot, snapshot];
      expect(seen(play(again))).toEqual(seen(play([snapshot])));
    },
  );
});
