// Runs in a page of the server: offers of shapes that browsers make, each with a connection of its own.
globalThis.offers = (() => {
  const pause = milliseconds => new Promise(done => setTimeout(done, milliseconds));

  async function until(question, what) {
    for (let i = 0; i < 300; i++) {
      const answer = await question();
      if (answer) return answer;
      await pause(50);
    }
    throw new Error(`not in time: ${what}`);
  }

  function microphone() {
    const context = new AudioContext();
    const destination = context.createMediaStreamDestination();
    const tone = new OscillatorNode(context);
    tone.connect(destination);
    tone.start();
    return destination.stream.getAudioTracks()[0];
  }

  /** A section for pictures whose codecs are not the server's. */
  function foreign(peer) {
    const transceiver = peer.addTransceiver('video', { direction: 'recvonly' });
    const codecs = RTCRtpReceiver.getCapabilities('video').codecs.filter(({ mimeType }) => /vp9|av1|h264/i.test(mimeType));
    if (codecs.length === 0) throw new Error('This browser has VP8 alone.');
    transceiver.setCodecPreferences(codecs.slice(0, 1));
  }

  const audio = (peer, direction = 'recvonly') => peer.addTransceiver('audio', { direction });
  const video = peer => peer.addTransceiver('video', { direction: 'recvonly' });
  const speak = peer => peer.addTransceiver(microphone(), { direction: 'sendonly' });

  const shapes = {
    'sound and pictures': { wants: 'audio video', make: peer => { audio(peer); video(peer); } },
    'pictures first, in a codec of others': { wants: 'audio', make: peer => { foreign(peer); audio(peer); } },
    'pictures first, in a codec of others, then in ours': { wants: 'audio video', make: peer => { foreign(peer); video(peer); audio(peer); } },
    'pictures last, in a codec of others': { wants: 'audio', make: peer => { audio(peer); foreign(peer); } },
    'a data channel first': { wants: 'audio video', make: peer => { peer.createDataChannel('x'); audio(peer); video(peer); } },
    'a microphone before the sound': { wants: 'audio video microphone', make: peer => { speak(peer); audio(peer); video(peer); } },
    'a microphone after the sound': { wants: 'audio video microphone', make: peer => { audio(peer); video(peer); speak(peer); } },
    'a section that waits before the sound': { wants: 'audio video', make: peer => { audio(peer, 'inactive'); audio(peer); video(peer); } },
  };

  const call = (session, method, path = '', body = undefined) => fetch(`/api/sessions/${session.sessionId}${path}`, {
    method,
    headers: { Authorization: `Bearer ${session.resumeToken}`, ...(body && { 'Content-Type': 'application/json' }) },
    body: body && JSON.stringify(body),
  });

  async function received(peer, kind) {
    for (const report of (await peer.getStats()).values()) {
      if (report.type === 'inbound-rtp' && report.kind === kind) return report.packetsReceived;
    }
    return 0;
  }

  const heard = async session => (await (await call(session, 'GET')).json()).microphone?.packetsReceived ?? 0;

  async function describe(peer) {
    await peer.setLocalDescription();
    return { sdp: peer.localDescription.sdp, type: 'offer' };
  }

  async function start(peer) {
    const response = await fetch('/api/sessions', {
      method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(await describe(peer)),
    });
    if (response.status !== 201) throw new Error(`${response.status}: ${await response.text()}`);
    const session = await response.json();
    await peer.setRemoteDescription(session.answer);
    return session;
  }

  async function flows(peer, session, wants) {
    for (const kind of wants.split(' ')) {
      const count = kind === 'microphone' ? () => heard(session) : () => received(peer, kind);
      const before = await count();
      await until(async () => await count() > before + 5, `${kind} in a peer that is ${peer.connectionState}`);
    }
  }

  /** Connects with one shape; null, or what went wrong. */
  async function run(shape, bundlePolicy) {
    const peer = new RTCPeerConnection({ bundlePolicy });
    try {
      shapes[shape].make(peer);
      const session = await start(peer);
      await flows(peer, session, shapes[shape].wants);
      await call(session, 'DELETE');
      return null;
    } catch (error) {
      return `${shape}, ${bundlePolicy}: ${error}`;
    } finally {
      peer.close();
    }
  }

  async function change(peer, session) {
    const offer = await describe(peer);
    const answers = [];
    for (let i = 0; i < 2; i++) {
      const response = await call(session, 'PATCH', '/connection', offer);
      if (response.status !== 200) throw new Error(`${response.status}: ${await response.text()}`);
      answers.push(await response.json());
    }
    if (answers[0].answer.sdp !== answers[1].answer.sdp) throw new Error('the same offer got two answers');
    if (answers[0].generation !== session.generation) throw new Error('the path was restarted');
    await peer.setRemoteDescription(answers[0].answer);
  }

  /** Turns a microphone on and off and on again on the connection there is, in the section of the sound or in one of its own. */
  async function microphoneLater(ownSection) {
    const peer = new RTCPeerConnection({ bundlePolicy: 'max-bundle' });
    try {
      const sound = audio(peer);
      video(peer);
      const session = await start(peer);
      await flows(peer, session, 'audio video');
      if (await heard(session) !== 0) throw new Error('heard before it spoke');

      const voice = ownSection ? peer.addTransceiver('audio', { direction: 'inactive' }) : sound;
      const [on, off] = ownSection ? ['sendonly', 'inactive'] : ['sendrecv', 'recvonly'];
      await voice.sender.replaceTrack(microphone());
      for (const direction of [on, off, on]) {
        voice.direction = direction;
        await change(peer, session);
        await flows(peer, session, direction === on ? 'audio video microphone' : 'audio video');
      }

      const { state, generation } = await (await call(session, 'GET')).json();
      if (state !== 'connected' || generation !== session.generation) throw new Error(`${state}, ${generation}`);
      await call(session, 'DELETE');
      return null;
    } catch (error) {
      return `own section ${ownSection}: ${error}`;
    } finally {
      peer.close();
    }
  }

  return { names: Object.keys(shapes), run, microphoneLater };
})();
