// What phones and the stage load: a page of their own, a fraction of the host's.
import "./styles/fonts.css";
import "./styles/tokens.css";
import "./styles/base.css";
import "./app/watch";
