"""FastAPI under uvicorn: what comes through /control is sent to every other socket, in the way its documentation shows."""

import asyncio
import socket

import uvicorn
from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()
watchers: set[WebSocket] = set()


@app.websocket("/")
async def watch(websocket: WebSocket) -> None:
    await websocket.accept()
    watchers.add(websocket)
    try:
        while True:
            await websocket.receive_text()
    except WebSocketDisconnect:
        pass
    finally:
        watchers.discard(websocket)


@app.websocket("/control")
async def control(websocket: WebSocket) -> None:
    await websocket.accept()
    try:
        while True:
            text = await websocket.receive_text()
            for watcher in list(watchers):
                try:
                    await watcher.send_text(text)
                except (RuntimeError, WebSocketDisconnect):
                    watchers.discard(watcher)
    except WebSocketDisconnect:
        pass


async def main() -> None:
    listener = socket.create_server(("127.0.0.1", 0), backlog=4096)
    print(f"listening on http://127.0.0.1:{listener.getsockname()[1]}", flush=True)
    config = uvicorn.Config(app, log_level="error", access_log=False, ws_per_message_deflate=False)
    await uvicorn.Server(config).serve(sockets=[listener])


asyncio.run(main())
