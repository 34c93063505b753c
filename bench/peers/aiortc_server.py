#!/usr/bin/env python3
"""A live-portrait server as they are commonly built on aiortc, to measure Holdfast against.

It does what the system that Holdfast started from did, and no less: an offer makes a session with a connection; a lost
connection leaves the session; /reconnect gives the session a new connection and closes the old one; a session without a
connection ends after 300 seconds. Every session shows the same recorded pictures, 25 a second, encoded by aiortc, with silence.

    apt-get install python3-aiortc python3-aiohttp
    ./aiortc_server.py --pictures idle.i420 --size 512x512 --port 8020
"""

import argparse
import asyncio
import fractions
import random
import time

import numpy
from aiohttp import web
from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import AudioStreamTrack, MediaStreamTrack
from av import VideoFrame

PICTURES_PER_SECOND = 25
CLOCK_RATE = 90_000
GRACE_SECONDS = 300


class RecordedPictures(MediaStreamTrack):
    """Shows recorded pictures round and round, paced by the clock. Nothing is made while nobody asks for the next one."""

    kind = "video"

    def __init__(self, pictures):
        super().__init__()
        self._pictures = pictures
        self._began = None
        self._count = 0

    async def recv(self):
        now = time.monotonic()
        if self._began is None:
            self._began = now
        due = self._began + self._count / PICTURES_PER_SECOND
        if due > now:
            await asyncio.sleep(due - now)
        frame = VideoFrame.from_ndarray(self._pictures[self._count % len(self._pictures)], format="yuv420p")
        frame.pts = self._count * CLOCK_RATE // PICTURES_PER_SECOND
        frame.time_base = fractions.Fraction(1, CLOCK_RATE)
        self._count += 1
        return frame


class Session:
    """A person's session: it has one connection, or none and a deadline."""

    def __init__(self, number):
        self.number = number
        self.connection = None
        self.expiry = None


class Server:
    def __init__(self, pictures):
        self._pictures = pictures
        self._sessions = {}

    def routes(self):
        return [
            web.post("/offer", self.offer),
            web.post("/reconnect", self.reconnect),
            web.post("/session/heartbeat", self.heartbeat),
            web.post("/session/close", self.close),
            web.get("/healthz", self.health),
        ]

    async def health(self, _request):
        return web.json_response({"status": "ok", "sessions": len(self._sessions)})

    async def offer(self, request):
        body = await request.json()
        session = Session(random.randint(1, 2**53 - 1))
        self._sessions[session.number] = session
        return await self._answer(session, body)

    async def reconnect(self, request):
        body = await request.json()
        session = self._find(body)
        if session is None:
            return web.json_response({"code": -1, "msg": "no such session"}, status=404)
        old, session.connection = session.connection, None
        if old is not None:
            await old.close()
        return await self._answer(session, body)

    async def heartbeat(self, request):
        if self._find(await request.json()) is None:
            return web.json_response({"code": -1, "msg": "no such session"}, status=404)
        return web.json_response({"code": 0, "msg": "ok", "ttl": GRACE_SECONDS})

    async def close(self, request):
        session = self._find(await request.json())
        if session is not None:
            await self._end(session)
        return web.json_response({"code": 0, "msg": "ok"})

    async def stop(self, _app):
        for session in list(self._sessions.values()):
            await self._end(session)

    def _find(self, body):
        return self._sessions.get(int(body.get("sessionid") or 0))

    async def _answer(self, session, body):
        # Without a STUN server nothing is waited for while gathering: aiortc at its quickest.
        connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        session.connection = connection
        self._keep(session)

        @connection.on("connectionstatechange")
        async def on_state():
            if connection.connectionState in ("failed", "closed"):
                await connection.close()
                if session.connection is connection:
                    session.connection = None
                    self._hold(session)

        connection.addTrack(RecordedPictures(self._pictures))
        connection.addTrack(AudioStreamTrack())
        await connection.setRemoteDescription(RTCSessionDescription(sdp=body["sdp"], type=body["type"]))
        await connection.setLocalDescription(await connection.createAnswer())
        local = connection.localDescription
        return web.json_response({"sdp": local.sdp, "type": local.type, "sessionid": session.number})

    def _hold(self, session):
        self._keep(session)
        loop = asyncio.get_running_loop()
        session.expiry = loop.call_later(GRACE_SECONDS, lambda: loop.create_task(self._end(session)))

    @staticmethod
    def _keep(session):
        if session.expiry is not None:
            session.expiry.cancel()
            session.expiry = None

    async def _end(self, session):
        self._keep(session)
        self._sessions.pop(session.number, None)
        connection, session.connection = session.connection, None
        if connection is not None:
            await connection.close()


def load(path, size):
    width, height = (int(part) for part in size.split("x"))
    pictures = numpy.fromfile(path, dtype=numpy.uint8)
    length = width * height * 3 // 2
    if pictures.size < length or pictures.size % length:
        raise SystemExit(f"{path} does not hold whole pictures of {size}, I420.")
    return list(pictures.reshape(-1, height * 3 // 2, width))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pictures", required=True, help="a file of I420 pictures (holdfast-lab record)")
    parser.add_argument("--size", required=True, help="such as 512x512")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8020)
    options = parser.parse_args()
    server = Server(load(options.pictures, options.size))
    app = web.Application()
    app.add_routes(server.routes())
    app.on_shutdown.append(server.stop)
    web.run_app(app, host=options.host, port=options.port, access_log=None, print=None)


if __name__ == "__main__":
    main()
