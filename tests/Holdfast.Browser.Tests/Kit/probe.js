// Runs in the page before its own scripts and lets a test see what a person would: which pictures come, how loud it is,
// what moves. It changes nothing that the page does.
(() => {
  const peers = [];
  const violations = [];
  const Native = globalThis.RTCPeerConnection;
  globalThis.RTCPeerConnection = class extends Native {
    constructor(...parameters) {
      super(...parameters);
      peers.push(this);
    }
  };
  addEventListener('securitypolicyviolation', event =>
    violations.push(`${event.violatedDirective}: ${event.blockedURI} (${event.sourceFile}:${event.lineNumber})`));

  /** Where the player's elements are. */
  const page = () => document.querySelector('holdfast-player').shadowRoot;

  /** What is written under the picture: what is spoken by now, and what is coming. */
  const subtitle = () => document.querySelector('holdfast-player').subtitle;

  const pause = milliseconds => new Promise(done => setTimeout(done, milliseconds));

  /** The newest statistics of one kind that a peer receives; undefined before the first packet. */
  async function inbound(kind, peer = peers.at(-1)) {
    for (const report of (await peer.getStats()).values()) {
      if (report.type === 'inbound-rtp' && report.kind === kind) return report;
    }
    return undefined;
  }

  /** Asks until the answer is truthy; a test that waits for ever is ended by the test. */
  async function until(question) {
    for (;;) {
      const answer = await question();
      if (answer) return answer;
      await pause(50);
    }
  }

  /** Pictures decoded and freezes within so many milliseconds of the browser's own statistics. */
  async function pictures(milliseconds, peer = peers.at(-1)) {
    const first = await until(() => inbound('video', peer));
    const last = await until(async () => {
      const now = await inbound('video', peer);
      return now.timestamp - first.timestamp >= milliseconds && now;
    });
    return {
      decoded: last.framesDecoded - first.framesDecoded,
      freezes: last.freezeCount - first.freezeCount,
      milliseconds: last.timestamp - first.timestamp,
      lost: last.packetsLost,
      width: last.frameWidth,
      height: last.frameHeight,
    };
  }

  /** Until so many more pictures were decoded: it plays, however busy this machine is. */
  async function plays(more = 5, peer = peers.at(-1)) {
    const first = await until(() => inbound('video', peer));
    return until(async () => (await inbound('video', peer)).framesDecoded - first.framesDecoded >= more);
  }

  /** Mean power of what was played within so many milliseconds, full scale being 1. */
  async function power(milliseconds, peer = peers.at(-1)) {
    const first = await until(() => inbound('audio', peer));
    const last = await until(async () => {
      const now = await inbound('audio', peer);
      return now.totalSamplesDuration - first.totalSamplesDuration >= milliseconds / 1000 && now;
    });
    return (last.totalAudioEnergy - first.totalAudioEnergy) / (last.totalSamplesDuration - first.totalSamplesDuration);
  }

  const loud = (threshold, peer = peers.at(-1)) => until(async () => (await power(200, peer)) > threshold);

  /** Waits for a whole second below the threshold. */
  const quiet = (threshold, peer = peers.at(-1)) => until(async () => (await power(1000, peer)) < threshold);

  const size = 128;

  function grey(context, box) {
    const { data } = context.getImageData(box.x, box.y, box.width, box.height);
    const result = new Float32Array(data.length / 4);
    for (let i = 0; i < result.length; i++) {
      result[i] = 0.299 * data[4 * i] + 0.587 * data[4 * i + 1] + 0.114 * data[4 * i + 2];
    }
    return result;
  }

  function difference(a, b) {
    let sum = 0;
    for (let i = 0; i < a.length; i++) sum += Math.abs(a[i] - b[i]);
    return sum / a.length;
  }

  /** Looks at each presented picture for so long: how much the mouth and the forehead changed, and how loud it was. */
  async function watch(milliseconds, video = page().getElementById('video'), peer = peers.at(-1)) {
    const boxes = {
      mouth: { x: 0.38 * size, y: 0.5 * size, width: 0.24 * size, height: 0.18 * size },
      top: { x: 0.38 * size, y: 0.2 * size, width: 0.24 * size, height: 0.18 * size },
    };
    for (const box of Object.values(boxes)) {
      for (const side of Object.keys(box)) box[side] = Math.round(box[side]);
    }
    const canvas = new OffscreenCanvas(size, size);
    const context = canvas.getContext('2d', { willReadFrequently: true });
    const track = peer.getReceivers().find(receiver => receiver.track.kind === 'audio').track;
    const ears = new AudioContext();
    const analyser = new AnalyserNode(ears, { fftSize: 1024 });
    const source = ears.createMediaStreamSource(new MediaStream([track]));
    source.connect(analyser);
    await ears.resume();
    const wave = new Float32Array(analyser.fftSize);

    const samples = [];
    let before;
    const start = performance.now();
    let last = start;
    while (performance.now() - start < milliseconds) {
      await new Promise(done => video.requestVideoFrameCallback(done));
      const now = performance.now();
      context.drawImage(video, 0, 0, size, size);
      const current = { mouth: grey(context, boxes.mouth), top: grey(context, boxes.top) };
      analyser.getFloatTimeDomainData(wave);
      const level = Math.sqrt(wave.reduce((sum, value) => sum + value * value, 0) / wave.length);
      if (before) {
        samples.push({
          gap: now - last,
          level,
          mouth: difference(current.mouth, before.mouth),
          top: difference(current.top, before.top),
        });
      }
      before = current;
      last = now;
    }
    await ears.close();
    return samples;
  }

  /** A connection of the test's own, made over the HTTP API as any client may. Its video element is not part of the page. */
  async function connect({ avatar, microphone = false } = {}) {
    const peer = new RTCPeerConnection();
    const stream = new MediaStream();
    peer.addEventListener('track', event => stream.addTrack(event.track));
    peer.addTransceiver('video', { direction: 'recvonly' });
    if (microphone) {
      const own = await navigator.mediaDevices.getUserMedia({ audio: true });
      peer.addTransceiver(own.getAudioTracks()[0], { direction: 'sendrecv', streams: [own] });
    } else {
      peer.addTransceiver('audio', { direction: 'recvonly' });
    }
    await peer.setLocalDescription();
    const response = await fetch('/api/sessions', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ sdp: peer.localDescription.sdp, type: 'offer', avatar }),
    });
    if (response.status !== 201) throw new Error(`${response.status}: ${await response.text()}`);
    const session = await response.json();
    await peer.setRemoteDescription(session.answer);
    await until(() => peer.connectionState === 'connected');
    // Not muted: what no element plays, the browser does not decode. So the page must have been touched before.
    const video = document.createElement('video');
    video.srcObject = stream;
    await video.play();
    return { peer, video, session, location: response.headers.get('Location') };
  }

  /** Restarts the path of a connection with an answer of its own making (docs/protocol.md): no message is exchanged. */
  async function restart(one, generation) {
    const secret = Uint8Array.from(atob(one.session.ice.secret.replaceAll('-', '+').replaceAll('_', '/')), char => char.charCodeAt(0));
    const key = await crypto.subtle.importKey('raw', secret, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
    const offer = await one.peer.createOffer({ iceRestart: true });
    const ours = /^a=ice-ufrag:(\S+)/m.exec(offer.sdp)[1];
    const theirs = `${one.session.ice.tag}/${generation}`;
    const mac = new Uint8Array(await crypto.subtle.sign('HMAC', key, new TextEncoder().encode(`${theirs}:${ours}`)));
    const password = [...mac].map(byte => byte.toString(16).padStart(2, '0')).join('').slice(0, 32);
    const answer = one.peer.currentRemoteDescription.sdp
      .replace(/^a=ice-ufrag:\S+/gm, `a=ice-ufrag:${theirs}`)
      .replace(/^a=ice-pwd:\S+/gm, `a=ice-pwd:${password}`)
      .replace(/^o=(\S+) (\S+) (\d+)/m, (_, user, id, version) => `o=${user} ${id} ${Number(version) + 1}`);
    await one.peer.setLocalDescription(offer);
    await one.peer.setRemoteDescription({ type: 'answer', sdp: answer });
  }

  /** Waits until the server says that a session is in a state, and gives what its heartbeat was answered. */
  const becomes = (session, state) => until(async () => {
    const answer = await (await call(session, 'POST', '/heartbeat')).json();
    return answer.state === state && answer;
  });

  /** A call about a session, with its token. */
  function call(session, method, path = '', body = undefined) {
    return fetch(`/api/sessions/${session.sessionId}${path}`, {
      method,
      headers: { Authorization: `Bearer ${session.resumeToken}`, ...(body && { 'Content-Type': 'application/json' }) },
      body: body && JSON.stringify(body),
    });
  }

  /** What other sees of our packets: the newest receiver report about one kind. */
  async function reported(kind, peer = peers.at(-1)) {
    const reports = [...(await peer.getStats()).values()];
    const sent = reports.find(report => report.type === 'outbound-rtp' && report.kind === kind);
    const received = reports.find(report => report.type === 'remote-inbound-rtp' && report.kind === kind);
    return sent && received && { sent: sent.packetsSent, lost: received.packetsLost, jitter: received.jitter };
  }

  /** One picture as grey values, size by size. */
  function picture(video) {
    const canvas = new OffscreenCanvas(size, size);
    const context = canvas.getContext('2d');
    context.drawImage(video, 0, 0, size, size);
    return grey(context, { x: 0, y: 0, width: size, height: size });
  }

  globalThis.probe = {
    peers, page, subtitle, violations, until, inbound, pictures, plays, power, loud, quiet, watch, connect, restart, becomes, call, reported, picture, difference,
  };
})();
