// werift (the npm package) as a client of a running server: connects, hears a sentence, restarts ICE, and comes back by a new connection.
//
//     node werift_peer.mjs http://127.0.0.1:8010/
//
// Prints one line of JSON with what it received; whatever goes wrong ends it with an error. werift decodes nothing: what arrives is put together
// to VP8 frames here, and a key frame is known by its first byte (RFC 7741 section 4.3).
import { RTCPeerConnection, useOPUS, useVP8 } from 'werift';

const patience = 15_000;
const sentence = 'One, two, three, four, five, six, seven, eight, nine, ten. This is heard by another peer.';
const sessions = `${process.argv[2].replace(/\/$/, '')}/api/sessions`;
let session = '';
let token = '';

async function call(method, path = '', body = undefined) {
  const response = await fetch(session ? `${sessions}/${session}${path}` : sessions, {
    method,
    headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
    body: body && JSON.stringify(body),
    signal: AbortSignal.timeout(patience),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
  return text ? JSON.parse(text) : undefined;
}

async function until(condition, what) {
  for (const end = Date.now() + patience; Date.now() < end; await new Promise((go) => setTimeout(go, 50))) {
    if (await condition()) return;
  }
  throw new Error(`Not in time: ${what}`);
}

/** One connection: counts sound packets and whole pictures. */
function listen() {
  const peer = new RTCPeerConnection({ codecs: { audio: [useOPUS()], video: [useVP8()] }, bundlePolicy: 'max-bundle' });
  const listener = { peer, sounds: 0, pictures: 0, keyPictures: 0 };
  peer.onTrack.subscribe((track) => {
    let isWhole = false;
    track.onReceiveRtp.subscribe(({ header, payload }) => {
      if (track.kind === 'audio') {
        listener.sounds++;
        return;
      }
      const { isStart, isKey } = startOf(payload);
      if (isStart) [isWhole, listener.keyPictures] = [true, listener.keyPictures + (isKey ? 1 : 0)];
      if (header.marker && isWhole) listener.pictures++;
      isWhole &&= !header.marker;
    });
  });
  listener.audio = peer.addTransceiver('audio', { direction: 'recvonly' });
  peer.addTransceiver('video', { direction: 'recvonly' });
  return listener;
}

/** Whether a VP8 payload begins a picture, and a key picture (RFC 7741 sections 4.2 and 4.3). */
function startOf(payload) {
  const [first, more] = payload;
  let at = 1;
  if (first & 0x80) {
    at = 2;
    if (more & 0x80) at += payload[2] & 0x80 ? 2 : 1;
    if (more & 0x40) at += 1;
    if (more & 0x30) at += 1;
  }
  const isStart = (first & 0x10) !== 0 && (first & 0x0f) === 0;
  return { isStart, isKey: isStart && (payload[at] & 1) === 0 };
}

async function negotiate(peer, ask, options = undefined) {
  await peer.setLocalDescription(await peer.createOffer(options));
  const answer = await ask({ type: 'offer', sdp: peer.localDescription.sdp });
  await peer.setRemoteDescription(answer);
}

const timer = setTimeout(() => { throw new Error('Not done in time.'); }, 60_000);
const first = listen();
await negotiate(first.peer, async (offer) => {
  const created = await call('POST', '', offer);
  [session, token] = [created.sessionId, created.resumeToken];
  return created.answer;
});
await until(() => first.sounds > 0 && first.keyPictures > 0, `the first picture: ${first.peer.connectionState}`);
await call('POST', '/say', { text: sentence, mode: 'echo' });
await until(() => first.sounds >= 50 && first.pictures >= 25, `a sentence: ${first.sounds}, ${first.pictures}`);

const before = first.pictures;
first.peer.restartIce();
await negotiate(first.peer, async (offer) => (await call('PATCH', '/connection', offer)).answer, { iceRestart: true });
// werift 0.24 takes the new credentials in, but begins no checks with them while its DTLS is connected: it has to be told.
await Promise.all(first.peer.iceTransports.map((transport) => transport.start()));
await until(async () => (await call('GET')).generation === 1, 'the restarted path');
const restartedAt = first.pictures;
await until(() => first.pictures >= restartedAt + 25, `pictures after the restart: ${before}, ${restartedAt}, ${first.pictures}`);

const second = listen();
await negotiate(second.peer, async (offer) => {
  const created = await call('POST', '/connections', offer);
  token = created.resumeToken;
  return created.answer;
});
await until(() => second.sounds >= 50 && second.pictures >= 25, `the new connection: ${second.peer.connectionState} ${second.sounds}, ${second.pictures}`);
const { state } = await call('GET');
await Promise.all([first.peer.close(), second.peer.close()]);
await call('DELETE');
clearTimeout(timer);
console.log(JSON.stringify({
  pictures: first.pictures, sounds: first.sounds, restarted: true, microphone: null,
  picturesAgain: second.pictures, soundsAgain: second.sounds, state,
}));
process.exit(0);
