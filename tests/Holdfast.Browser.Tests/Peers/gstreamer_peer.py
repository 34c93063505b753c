"""GStreamer's webrtcbin as a client of a running server: connects, decodes a sentence and pictures, offers again on the path there is, and
comes back by a new connection.

    python3 gstreamer_peer.py http://127.0.0.1:8010/

Prints one line of JSON with what it received; whatever goes wrong ends it with an error. webrtcbin of Debian 12 (1.22) cannot restart ICE.
"""
import json
import sys
import time
import urllib.request

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstWebRTC", "1.0")
gi.require_version("GstSdp", "1.0")
from gi.repository import Gst, GstSdp, GstWebRTC  # noqa: E402

PATIENCE = 15
SENTENCE = "One, two, three, four, five, six, seven, eight, nine, ten. This is heard by another peer."
RECEIVED = {
    "audio": "application/x-rtp,media=audio,encoding-name=OPUS,clock-rate=48000,encoding-params=(string)2,payload=97",
    "video": "application/x-rtp,media=video,encoding-name=VP8,clock-rate=90000,payload=96,rtcp-fb-nack-pli=true,rtcp-fb-transport-cc=true",
}
DECODERS = {
    "audio": "rtpopusdepay ! opusdec ! audioconvert ! fakesink name=end sync=false signal-handoffs=true",
    "video": "rtpvp8depay ! vp8dec ! fakesink name=end sync=false signal-handoffs=true",
}


class Server:
    def __init__(self, address):
        self.sessions = address.rstrip("/") + "/api/sessions"
        self.session = self.token = None

    def call(self, method, path="", body=None):
        address = self.sessions if self.session is None else f"{self.sessions}/{self.session}{path}"
        request = urllib.request.Request(address, json.dumps(body).encode() if body else None, method=method)
        request.add_header("Content-Type", "application/json")
        if self.token:
            request.add_header("Authorization", f"Bearer {self.token}")
        with urllib.request.urlopen(request, timeout=PATIENCE) as response:
            text = response.read()
        return json.loads(text) if text else None

    def start(self, offer):
        created = self.call("POST", body=offer)
        self.session, self.token = created["sessionId"], created["resumeToken"]
        return created["answer"]

    def come_back(self, offer):
        created = self.call("POST", "/connections", offer)
        self.token = created["resumeToken"]
        return created["answer"]


class Listener:
    """One connection: counts the pictures and the sound that were decoded."""

    def __init__(self):
        self.counts = {"audio": 0, "video": 0}
        self.pipeline = Gst.Pipeline.new(None)
        self.web = Gst.ElementFactory.make("webrtcbin", None)
        self.web.set_property("bundle-policy", GstWebRTC.WebRTCBundlePolicy.MAX_BUNDLE)
        self.pipeline.add(self.web)
        self.web.connect("pad-added", self.on_pad)
        self.pipeline.set_state(Gst.State.PLAYING)
        for caps in RECEIVED.values():
            self.web.emit("add-transceiver", GstWebRTC.WebRTCRTPTransceiverDirection.RECVONLY, Gst.Caps.from_string(caps))

    def on_pad(self, _, pad):
        if pad.get_direction() != Gst.PadDirection.SRC:
            return
        kind = pad.get_current_caps().get_structure(0).get_string("media")
        decoder = Gst.parse_bin_from_description(DECODERS[kind], True)
        decoder.get_by_name("end").connect("handoff", lambda *_: self.count(kind))
        self.pipeline.add(decoder)
        decoder.sync_state_with_parent()
        pad.link(decoder.get_static_pad("sink"))

    def count(self, kind):
        self.counts[kind] += 1

    def negotiate(self, ask):
        reply = self.wait("create-offer", Gst.Structure.new_empty("options")).get_reply()  # owns the offer
        offer = reply.get_value("offer")
        self.wait("set-local-description", offer)
        answer = ask({"type": "offer", "sdp": offer.sdp.as_text()})
        _, sdp = GstSdp.SDPMessage.new_from_text(answer["sdp"])
        self.wait("set-remote-description", GstWebRTC.WebRTCSessionDescription.new(GstWebRTC.WebRTCSDPType.ANSWER, sdp))

    def wait(self, action, argument):
        promise = Gst.Promise.new()
        self.web.emit(action, argument, promise)
        if promise.wait() != Gst.PromiseResult.REPLIED:
            raise RuntimeError(f"{action} was not carried out")
        reply = promise.get_reply()
        if reply is not None and reply.has_field("error"):
            raise RuntimeError(f"{action}: {reply.get_value('error')}")
        return promise

    def receives(self, pictures, sounds):
        end = time.monotonic() + PATIENCE
        while self.counts["video"] < pictures or self.counts["audio"] < sounds:
            if time.monotonic() > end:
                raise TimeoutError(f"{self.counts}, {self.web.get_property('connection-state').value_nick}")
            time.sleep(0.05)

    def close(self):
        self.pipeline.set_state(Gst.State.NULL)


Gst.init(None)
server = Server(sys.argv[1])
first = Listener()
first.negotiate(server.start)
first.receives(1, 1)
server.call("POST", "/say", {"text": SENTENCE, "mode": "echo"})
first.receives(25, 50)

# Nothing new is wanted; the path and all that flows on it must go on.
first.negotiate(lambda offer: server.call("PATCH", "/connection", offer)["answer"])
first.receives(first.counts["video"] + 25, first.counts["audio"] + 50)

second = Listener()
second.negotiate(server.come_back)
second.receives(25, 50)
state = server.call("GET")["state"]
first.close()
second.close()
server.call("DELETE")
print(json.dumps({
    "pictures": first.counts["video"], "sounds": first.counts["audio"], "restarted": None, "microphone": None,
    "picturesAgain": second.counts["video"], "soundsAgain": second.counts["audio"], "state": state,
}))
