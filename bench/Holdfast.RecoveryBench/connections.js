// Runs in a page of a server that brings a session back by a new connection, as bench/peers/aiortc_server.py does: what its page would do, and
// no more. The network need not be away for that: the click alone begins everything.
globalThis.connections = async ({ times }) => {
  const wait = (ms) => new Promise((done) => setTimeout(done, ms));
  const post = async (path, body) => {
    const response = await fetch(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
    if (!response.ok) throw new Error(`${path}: ${response.status}`);
    return response.json();
  };
  const connect = async (path, sessionid) => {
    const connection = new RTCPeerConnection();
    const video = Object.assign(document.createElement('video'), { muted: true, autoplay: true });
    document.body.append(video);
    const stream = new MediaStream();
    connection.addEventListener('track', (event) => { stream.addTrack(event.track); video.srcObject = stream; });
    connection.addTransceiver('video', { direction: 'recvonly' });
    connection.addTransceiver('audio', { direction: 'recvonly' });
    const shown = new Promise((done) => video.requestVideoFrameCallback((now) => done(now)));
    await connection.setLocalDescription();
    // This API takes one offer with all addresses in it.
    while (connection.iceGatheringState !== 'complete') {
      await new Promise((changed) => connection.addEventListener('icegatheringstatechange', changed, { once: true }));
    }
    const { sdp, type } = connection.localDescription;
    const answer = await post(path, { sdp, type, sessionid });
    await connection.setRemoteDescription({ sdp: answer.sdp, type: answer.type });
    return { connection, video, session: answer.sessionid, first: await shown };
  };

  const results = [];
  let visit = await connect('/offer');
  for (let i = 0; i < times; i++) {
    await wait(1_000);
    const clicked = performance.now();
    const old = visit;
    old.connection.close();
    old.video.remove();
    visit = await connect('/reconnect', old.session);
    results.push({ milliseconds: visit.first - clicked, level: 3, browser: 'none: it was live', sameSession: visit.session === old.session });
  }
  await post('/session/close', { sessionid: visit.session });
  visit.connection.close();
  return results;
};
