// Bun's native publish: what comes through /control goes to every other socket.
const server = Bun.serve({
  hostname: "127.0.0.1",
  port: 0,
  fetch(request, server) {
    const control = new URL(request.url).pathname === "/control";
    if (!server.upgrade(request, { data: { control } })) return new Response("a socket, please", { status: 400 });
  },
  websocket: {
    open(socket) {
      if (!socket.data.control) socket.subscribe("room");
    },
    message(socket, text) {
      if (socket.data.control) server.publish("room", text);
    },
  },
});
console.log(`listening on http://127.0.0.1:${server.port}`);
