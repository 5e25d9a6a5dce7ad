// What need not wait for the page's code, and is run before it is there: the login is opened, and the discussion that the address names.
import { clock } from "@/lib/clock";
import { openEarly } from "@/lib/opening";
import { openKnownSession } from "@/lib/session";

const discussion = /^\/discussions\/([^/]+)$/.exec(window.location.pathname)?.[1];
if (openKnownSession() && discussion !== undefined) {
  openEarly(discussion);
  // While both are on their way, there is time for it.
  clock();
}
