// Phones that watch load a page of their own, a fraction of the host's.
import "./styles/fonts.css";
import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/print.css";

const watching = /^\/watch(\/|$)/.test(window.location.pathname);
void (watching ? import("./app/watch") : import("./app/host"));
