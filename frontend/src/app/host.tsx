// Mounts the host's page.
import { App } from "./App";
import { mount } from "./mount";

mount(<App />);
