// While developing, `/watch/CODE` is served from the page's own HTML file, as the server and the hosts of static files do.
import type { Plugin } from "vite";

export function watchPage(): Plugin {
  return {
    name: "watch-page",
    apply: "serve",
    configureServer(server) {
      server.middlewares.use((request, _response, next) => {
        if (/^\/watch(?:[/?]|$)/.test(request.url ?? "")) request.url = "/watch.html";
        next();
      });
    },
  };
}
