// Mounts the host's page, once the code of what the address asks for is there; meanwhile the login is opened and the way to the
// discussion asked for.
import { askForTicket } from "@/lib/door";
import { openKnownSession } from "@/lib/session";
import { App, loadPage } from "./App";
import { mount } from "./mount";

const { pathname } = window.location;
const discussion = /^\/discussions\/([^/]+)$/.exec(pathname)?.[1];
if (openKnownSession() && discussion !== undefined) askForTicket(discussion);
void loadPage(pathname).then(() => {
  mount(<App />);
});
