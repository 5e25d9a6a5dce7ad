// Bringing characters along from files, and taking them away.
import { api } from "@/lib/api";
import type { Character } from "@/lib/characters";

export interface Imported {
  character: Character;
  /** Who made the card, and what they say about it. */
  creator: string;
  creator_notes: string;
  /** What was cut, and what is kept without being used. */
  notes: string[];
}

export interface ImportResult {
  items: Imported[];
  /** Names of those that were left out. */
  skipped: string[];
}

export type SameName = "ask" | "both" | "replace" | "skip";

export const CARD_FILES = ".png,.json,.zip,.charx,image/png,application/json,application/zip";

export function importFile(file: File, sameName: SameName): Promise<ImportResult> {
  return api.upload<ImportResult>("POST", `/api/characters/import?same_name=${sameName}`, file);
}
