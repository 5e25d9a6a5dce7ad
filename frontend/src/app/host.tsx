// Mounts the host's page, once the code of what the address asks for is there.
import "./first";
import { App, loadPage } from "./App";
import { mount } from "./mount";

void loadPage(window.location.pathname).then(() => {
  mount(<App />);
});
