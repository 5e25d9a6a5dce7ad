// Dates as they stand in the history, and ends of links and tokens.
import { expect, it } from "vitest";
import { whenWords } from "./time";

const now = new Date(2026, 10, 23, 9, 30);
const at = (...parts: [number, number, number, number, number]) => new Date(...parts).toISOString();

it.each([
  [at(2026, 10, 23, 8, 5), "today, 8:05"],
  [at(2026, 10, 22, 23, 59), "yesterday, 23:59"],
  [at(2026, 10, 12, 12, 0), "12 November"],
  [at(2025, 4, 3, 12, 0), "3 May 2025"],
  [at(2026, 10, 24, 0, 5), "tomorrow, 0:05"],
  [at(2026, 11, 7, 9, 30), "7 December"],
  [at(2027, 0, 2, 9, 30), "2 January 2027"],
  ["nonsense", ""],
])("%s is %s", (iso, words) => {
  expect(whenWords(iso, now)).toBe(words);
});
