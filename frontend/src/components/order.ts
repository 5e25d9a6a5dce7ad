// Changing the order in which those at the table speak.

/** The list with the item at `from` standing at `to`; places outside the list do nothing. */
export function moved<T>(list: T[], from: number, to: number): T[] {
  const item = list[from];
  if (item === undefined || to < 0 || to >= list.length || from === to) return list;
  const rest = list.filter((_, index) => index !== from);
  return [...rest.slice(0, to), item, ...rest.slice(to)];
}

const PLACES = ["first", "second", "third", "fourth", "fifth", "sixth"];

/** "second of three" as one says it. */
export function placeWords(index: number, count: number): string {
  return `${PLACES[index] ?? String(index + 1)} of ${String(count)}`;
}
