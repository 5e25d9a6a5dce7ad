// The discussion that the page's address names: it is on its way before the code is there that shows it.
import { hostDoor } from "./door";
import { LiveDiscussion } from "./live";

let opened: LiveDiscussion | null = null;

export function openEarly(id: string): void {
  opened = new LiveDiscussion(id, hostDoor(id));
  opened.open();
}

/** As it was opened early, unless that led nowhere; once, so that whoever comes back later begins anew. */
export function discussionAsHost(id: string): LiveDiscussion {
  const early = opened;
  opened = null;
  if (early?.id === id && ["connecting", "open", "reconnecting"].includes(early.getShown().status))
    return early;
  early?.close();
  return new LiveDiscussion(id, hostDoor(id));
}
