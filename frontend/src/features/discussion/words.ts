// What the host's page says about turns that follow by themselves, about who has spoken, and about cost.
import { dollars } from "@/components/transcript/words";
import type { Discussion, Message } from "@/protocol/types";
import type { Left, Spent, Usages } from "./api";

/** More than anyone counts: then only the time says when it ends. */
const COUNTLESS = 900;

/** "2 more follow", "until 10:45". `running`: 1 while one of them speaks. */
export function autoWords({ turns_left, until }: NonNullable<Discussion["auto"]>, running: 0 | 1): string {
  const left = turns_left - running;
  const parts = [];
  if (turns_left < COUNTLESS || !until)
    parts.push(
      left === 0 ? "the last of them" : left === 1 ? "1 more follows" : `${String(left)} more follow`,
    );
  if (until) parts.push(`until ${clock(until)}`);
  return parts.join(", ");
}

function clock(iso: string): string {
  return new Date(iso).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
}

/** The next time at which a clock shows "10:45". */
export function nextTime(time: string, now = new Date()): string {
  const [hours = 0, minutes = 0] = time.split(":").map(Number);
  const then = new Date(now);
  then.setHours(hours, minutes, 0, 0);
  if (then <= now) then.setDate(then.getDate() + 1);
  return then.toISOString();
}

export interface Share {
  turns: number;
  words: number;
}

/** How much each has spoken, of what is there. */
export function sharesOf(messages: readonly Message[]): Map<string, Share> {
  const shares = new Map<string, Share>();
  for (const { author, text, status } of messages) {
    if (author.kind !== "character" || author.id === null || status === "struck" || text === "") continue;
    const share = shares.get(author.id) ?? { turns: 0, words: 0 };
    const words = text.split(/\s+/).filter((word) => word !== "").length;
    shares.set(author.id, { turns: share.turns + 1, words: share.words + words });
  }
  return shares;
}

const counted = (count: number, one: string) =>
  `${count.toLocaleString("en")} ${count === 1 ? one : `${one}s`}`;

export function shareWords({ turns, words }: Share): string {
  return turns === 0 ? "not heard yet" : `${counted(turns, "turn")}, ${counted(words, "word")}`;
}

/** "$0.04", "$0.04 and 2 requests at an unknown price", "at an unknown price". */
export function costWords({ cost_usd, unpriced_attempts, attempts }: Spent): string {
  if (unpriced_attempts === 0) return dollars(cost_usd);
  if (unpriced_attempts >= attempts) return "at an unknown price";
  return `${dollars(cost_usd)} and ${counted(unpriced_attempts, "request")} at an unknown price`;
}

/** "2 more turns and $0.40 are within the budget", or nothing where there is no limit. */
export function leftWords({ turns, usd }: Left): string {
  const parts = [turns !== null && counted(turns, "more turn"), usd !== null && dollars(Math.max(0, usd))];
  const words = parts.filter(Boolean).join(" and ");
  return words === "" ? "" : `${words} within the budget`;
}

const FEW_TURNS = 3;

/** Whether it is time to say so beside the cost. */
export function isNear({ turns, usd }: Left, last: Spent | null): boolean {
  const forFew = usd !== null && last !== null && usd < FEW_TURNS * last.cost_usd;
  return (turns !== null && turns <= FEW_TURNS) || forFew;
}

/** The one line that is always there: "$0.04 so far". */
export function costLine({ discussion, last_turn, left }: Usages): string {
  const near = isNear(left, last_turn) ? leftWords(left) : "";
  const spent = discussion.attempts === 0 ? "" : `${costWords(discussion)} so far`;
  return [spent, near].filter((part) => part !== "").join(", ");
}
