// Leads the eye to one message of the transcript.
import { entryId } from "./Entry";
import entryStyles from "./Entry.module.css";

/** Scrolls to the message, gives it the focus for readers who hear the page, and lights it up for the others. */
export function showMessage(id: string): void {
  const element = document.getElementById(entryId(id));
  const sought = entryStyles["sought"];
  if (element === null || sought === undefined) return;
  element.scrollIntoView({ block: "start", behavior: "instant" });
  element.focus({ preventScroll: true });
  element.classList.remove(sought);
  void element.offsetWidth; // Starts the animation anew at a second visit.
  element.classList.add(sought);
}
