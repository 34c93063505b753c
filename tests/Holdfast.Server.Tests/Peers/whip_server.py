"""A WHIP server (RFC 9725) of another make, aiortc's: takes a stream, decodes it, and tells what it saw and heard.

    python3 whip_server.py TOKEN

Prints its port. POST /whip takes an offer, /moved redirects there, DELETE ends, GET /state tells, POST /drop ends what there is from this side.
"""
import asyncio
import json
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription

loop = asyncio.new_event_loop()
threading.Thread(target=loop.run_forever, daemon=True).start()
streams = {}
state = {"offers": 0, "deleted": 0, "pictures": 0, "size": None, "sounds": 0, "loudest": 0, "types": [], "open": 0}


def run(coroutine):
    return asyncio.run_coroutine_threadsafe(coroutine, loop).result(15)


async def read(track):
    try:
        while True:
            frame = await track.recv()
            if track.kind == "video":
                state["pictures"] += 1
                state["size"] = [frame.width, frame.height]
            else:
                state["sounds"] += 1
                state["loudest"] = max(state["loudest"], int(abs(frame.to_ndarray()).max()))
    except Exception:
        pass  # The stream is over.


async def answer(name, offer):
    connection = streams[name] = RTCPeerConnection(RTCConfiguration(iceServers=[]))
    connection.on("track", lambda track: asyncio.ensure_future(read(track)))
    await connection.setRemoteDescription(RTCSessionDescription(offer, "offer"))
    await connection.setLocalDescription(await connection.createAnswer())
    return connection.localDescription.sdp


async def close(name):
    await streams.pop(name).close()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        pass

    def reply(self, status, body=b"", **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        state["open"] = len(streams)
        self.reply(200, json.dumps(state).encode(), Content_Type="application/json")

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        if self.path == "/drop":
            for name in list(streams):
                run(close(name))
            self.reply(204)
        elif self.headers.get("Authorization") != "Bearer " + sys.argv[1]:
            self.reply(401)
        elif self.path == "/moved":
            self.reply(307, Location="/whip")
        else:
            state["offers"] += 1
            state["types"].append(self.headers.get("Content-Type"))
            name = f"/streams/{state['offers']}"
            self.reply(201, run(answer(name, body)).encode(), Content_Type="application/sdp", Location=name)

    def do_DELETE(self):
        if self.path not in streams:
            self.reply(404)
        elif self.headers.get("Authorization") != "Bearer " + sys.argv[1]:
            self.reply(401)
        else:
            run(close(self.path))
            state["deleted"] += 1
            self.reply(200)


server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print(server.server_port, flush=True)
server.serve_forever()
