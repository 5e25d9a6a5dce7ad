// Mounts the host's page, once the code of what the address asks for is there; the login is opened meanwhile.
import { openKnownSession } from "@/lib/session";
import { App, loadPage } from "./App";
import { mount } from "./mount";

openKnownSession();
void loadPage(window.location.pathname).then(() => {
  mount(<App />);
});
