// What became of a turn, in plain words. Nothing is said of a turn that went well.
import { clock } from "@/lib/clock";
import type { Message, Usage } from "@/protocol/types";

export interface Outcome {
  text: string;
  /** What the host can do about it. */
  remedies: Remedy[];
}

export type Remedy = "Continue" | "Try again";

export function outcomeOf(message: Message): Outcome | null {
  if (message.author.kind !== "character") return null;
  switch (message.status) {
    case "stopped":
      return {
        text: message.text === "" ? "Stopped before the first word." : "Stopped here by the host.",
        remedies: [],
      };
    case "interrupted":
      return {
        text: message.error ?? "Broken off here: the connection to the model ended early.",
        remedies: ["Continue", "Try again"],
      };
    case "failed":
      return { text: message.error ?? "No answer came from the model.", remedies: ["Try again"] };
    default:
      return finishOf(message);
  }
}

function finishOf(message: Message): Outcome | null {
  if (message.finish === "length")
    return { text: "Cut here: the reply reached its greatest length.", remedies: ["Continue"] };
  if (message.finish === "refusal")
    return { text: "The model declined to answer this.", remedies: ["Try again"] };
  return null;
}

export function timeOf(iso: string): string {
  const date = new Date(iso);
  return Number.isNaN(date.getTime()) ? "" : clock().format(date);
}

function costOf({ provider, cost_usd }: Usage): string {
  if (provider === "demo") return "";
  return cost_usd === null ? "price unknown" : dollars(cost_usd);
}

/** "$0.0061", "$1.20" */
export function dollars(usd: number): string {
  return `$${usd.toFixed(usd > 0 && usd < 0.1 ? 4 : 2)}`;
}

/** "claude-sonnet-5-5 · 1,204 read, 161 written · $0.0061" */
export function usageOf(usage: Usage | null): string[] {
  if (usage === null) return [];
  const read = usage.input_tokens + usage.cache_read_tokens + usage.cache_write_tokens;
  return [
    usage.provider === "demo" ? "demo voice, no model" : usage.model,
    read + usage.output_tokens > 0
      ? `${read.toLocaleString("en")} tokens read, ${usage.output_tokens.toLocaleString("en")} written`
      : "",
    costOf(usage),
  ].filter((part) => part !== "");
}
