// The table as the host rearranges it: shown at once, told to the server when it is let go, put back when that is refused.
import { useState } from "react";
import { moved, placeWords } from "@/components/order";
import { wordsOf } from "@/lib/api";
import type { Discussion, Participant } from "@/protocol/types";
import { changeDiscussion, type WantedSeat } from "./api";

export interface Seating {
  /** In the order that is shown. */
  seats: Participant[];
  problem: string | null;
  /** For a screen reader: what has just been done. */
  said: string;
  /** Moves a seat; nothing is told yet. */
  place: (id: string, index: number) => void;
  /** Tells the server the order that is shown. */
  settle: () => void;
  /** Moves a seat by so many places and tells it. */
  shift: (id: string, by: number) => void;
  join: (id: string, name: string) => void;
  leave: (id: string, name: string) => void;
}

export function useSeats({ id, participants }: Discussion): Seating {
  const [order, setOrder] = useState<string[] | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [said, setSaid] = useState("");
  const there = participants.map(({ character_id }) => character_id);
  const shown = order?.length === there.length && order.every((one) => there.includes(one)) ? order : there;

  const tell = (wanted: WantedSeat[], words: string) => {
    setProblem(null);
    changeDiscussion(id, { participants: wanted })
      .then(
        () => {
          setSaid(words);
        },
        (error: unknown) => {
          setProblem(wordsOf(error));
        },
      )
      .finally(() => {
        setOrder(null);
      });
  };
  const seatsOf = (ids: string[]) => ids.map((character_id) => ({ character_id }));
  const wordsFor = (ids: string[], moving: string) => {
    const name = participants.find(({ character_id }) => character_id === moving)?.name ?? "";
    return `${name} speaks ${placeWords(ids.indexOf(moving), ids.length)}`;
  };
  return {
    seats: shown.flatMap((one) => participants.find(({ character_id }) => character_id === one) ?? []),
    problem,
    said,
    place: (moving, index) => {
      const next = moved(shown, shown.indexOf(moving), index);
      if (next === shown) return;
      setOrder(next);
      setSaid(wordsFor(next, moving));
    },
    settle: () => {
      if (order !== null) tell(seatsOf(shown), said);
    },
    shift: (moving, by) => {
      const next = moved(shown, shown.indexOf(moving), shown.indexOf(moving) + by);
      if (next === shown) return;
      setOrder(next);
      tell(seatsOf(next), wordsFor(next, moving));
    },
    join: (joining, name) => {
      tell(seatsOf([...shown, joining]), `${name} joins`);
    },
    leave: (leaving, name) => {
      tell(seatsOf(shown.filter((one) => one !== leaving)), `${name} leaves`);
    },
  };
}
