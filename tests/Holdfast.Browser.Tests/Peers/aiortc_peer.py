"""aiortc as a client of a running server: connects, hears a sentence, turns a microphone on, and comes back by a new connection.

    python3 aiortc_peer.py http://127.0.0.1:8010/

Prints one line of JSON with what it received; whatever goes wrong ends it with an error. aiortc cannot restart ICE.
"""
import asyncio
import json
import sys
import urllib.request

from aiortc import RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import AudioStreamTrack

PATIENCE = 15
SENTENCE = "One, two, three, four, five, six, seven, eight, nine, ten. This is heard by another peer."


class Server:
    def __init__(self, address):
        self.sessions = address.rstrip("/") + "/api/sessions"
        self.session = self.token = None

    async def call(self, method, path="", body=None):
        return await asyncio.get_running_loop().run_in_executor(None, self._call, method, path, body)

    def _call(self, method, path, body):
        address = self.sessions if self.session is None else f"{self.sessions}/{self.session}{path}"
        request = urllib.request.Request(address, json.dumps(body).encode() if body else None, method=method)
        request.add_header("Content-Type", "application/json")
        if self.token:
            request.add_header("Authorization", f"Bearer {self.token}")
        with urllib.request.urlopen(request, timeout=PATIENCE) as response:
            text = response.read()
        return json.loads(text) if text else None

    async def start(self, offer):
        created = await self.call("POST", body=offer)
        self.session, self.token = created["sessionId"], created["resumeToken"]
        return created["answer"]

    async def change(self, offer):
        return (await self.call("PATCH", "/connection", offer))["answer"]

    async def come_back(self, offer):
        created = await self.call("POST", "/connections", offer)
        self.token = created["resumeToken"]
        return created["answer"]


class Listener:
    """One connection: counts the pictures and the sound that were decoded."""

    def __init__(self):
        self.pictures = self.sounds = self.loudest = 0
        self.connection = RTCPeerConnection()
        self.audio = self.connection.addTransceiver("audio", direction="recvonly")
        self.connection.addTransceiver("video", direction="recvonly")
        self.readers = []
        self.connection.on("track", lambda track: self.readers.append(asyncio.ensure_future(self.read(track))))

    async def read(self, track):
        while True:
            frame = await track.recv()
            if track.kind == "video":
                self.pictures += 1
            else:
                self.sounds += 1
                self.loudest = max(self.loudest, int(abs(frame.to_ndarray()).max()))

    async def negotiate(self, ask):
        await self.connection.setLocalDescription(await self.connection.createOffer())
        local = self.connection.localDescription
        answer = await ask({"sdp": local.sdp, "type": local.type})
        await self.connection.setRemoteDescription(RTCSessionDescription(answer["sdp"], answer["type"]))

    async def receives(self, pictures, sounds, loud=0):
        await until(lambda: self.pictures >= pictures and self.sounds >= sounds and self.loudest >= loud, repr(self.__dict__))

    async def close(self):
        await self.connection.close()
        for reader in self.readers:
            reader.cancel()


async def until(condition, what):
    for _ in range(PATIENCE * 20):
        if await condition() if asyncio.iscoroutinefunction(condition) else condition():
            return
        await asyncio.sleep(0.05)
    raise TimeoutError(what)


async def main():
    server = Server(sys.argv[1])
    first = Listener()
    await first.negotiate(server.start)
    await first.receives(1, 1)
    await server.call("POST", "/say", {"text": SENTENCE, "mode": "echo"})
    await first.receives(25, 50, loud=2000)

    first.audio.sender.replaceTrack(AudioStreamTrack())
    first.audio.direction = "sendrecv"
    await first.negotiate(server.change)

    async def heard():
        return ((await server.call("GET"))["microphone"] or {"packetsReceived": 0})["packetsReceived"] >= 25

    await until(heard, "the microphone was not received")
    so_far = first.pictures
    await first.receives(so_far + 25, 0)

    second = Listener()
    await second.negotiate(server.come_back)
    await second.receives(25, 50)
    state = (await server.call("GET"))["state"]
    await first.close()
    await second.close()
    await server.call("DELETE")
    print(json.dumps({
        "pictures": first.pictures, "sounds": first.sounds, "restarted": None, "microphone": True,
        "picturesAgain": second.pictures, "soundsAgain": second.sounds, "state": state,
    }))


asyncio.run(asyncio.wait_for(main(), 60))
