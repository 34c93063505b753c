// Runs in each document of the page under test, before its own scripts, and looks on: what is played, what is shown, and when. It takes no
// part in what the page does. Times are those of the wall clock, in milliseconds: a browser that was stopped has no other that is right.
(() => {
  const PIECE_SAMPLES = 24_000;
  const LONGEST_GAP_SECONDS = 1;
  const STILL_MS = 600;

  const found = { pieces: [], states: [], sights: [], pictures: [] };
  let filling = null;
  let begins = true;
  let lastLoud = 0;
  let listening = null;

  function complete() {
    if (!filling) return;
    const { at, begins, rate, samples, count } = filling;
    filling = null;
    found.pieces.push({ at, begins, rate, pcm: new Uint8Array(samples.buffer, 0, 2 * count).toBase64() });
  }

  function add(wave, rate) {
    let power = 0;
    for (const value of wave) {
      power += value * value;
      filling ??= { at: Date.now() - (1_000 * wave.length) / rate, begins, rate, samples: new Int16Array(PIECE_SAMPLES), count: 0 };
      begins = false;
      filling.samples[filling.count++] = Math.max(-32_768, Math.min(32_767, Math.round(value * 32_768)));
      if (filling.count === PIECE_SAMPLES) complete();
    }
    if (power / wave.length > 1e-4) lastLoud = Date.now();
  }

  /** Chromium hands over each block of sound as its decoder made it. */
  async function readTrack(track, isMine) {
    const reader = new MediaStreamTrackProcessor({ track, maxBufferSize: 1_000 }).readable.getReader();
    let expected = null;
    for (;;) {
      const { done, value: sound } = await reader.read();
      if (done) return;
      if (!isMine()) {
        sound.close();
        void reader.cancel();
        return;
      }
      // What the browser left out was not played: it counts as silence.
      const missing = expected === null ? 0 : Math.min(LONGEST_GAP_SECONDS, (sound.timestamp - expected) / 1e6);
      if (missing > 0.03) add(new Float32Array(Math.round(missing * sound.sampleRate)), sound.sampleRate);
      const wave = new Float32Array(sound.numberOfFrames);
      sound.copyTo(wave, { planeIndex: 0, format: 'f32-planar' });
      expected = sound.timestamp + sound.duration;
      const { sampleRate } = sound;
      sound.close();
      add(wave, sampleRate);
    }
  }

  /** Elsewhere a node of the sound graph hears what is played. */
  function readGraph(track, isMine) {
    const context = new AudioContext({ sampleRate: 48_000 });
    const source = context.createMediaStreamSource(new MediaStream([track]));
    const node = context.createScriptProcessor(4_096, 1, 1);
    node.onaudioprocess = ({ inputBuffer }) => {
      if (isMine()) add(inputBuffer.getChannelData(0), context.sampleRate);
      else void context.close();
    };
    source.connect(node).connect(context.destination);
    globalThis.watchedGraph = { context, source, node }; // or it would be collected as garbage
    void context.resume();
  }

  function listen(stream) {
    const [track] = stream?.getAudioTracks() ?? [];
    if (listening === (track ?? null)) return;
    complete();
    begins = true;
    const mine = (listening = track ?? null);
    if (!mine) return;
    const isMine = () => mine === listening;
    if ('MediaStreamTrackProcessor' in globalThis) void readTrack(mine, isMine);
    else readGraph(mine, isMine);
  }

  const player = () => document.querySelector('holdfast-player');
  const part = id => player()?.shadowRoot?.getElementById(id) ?? document.getElementById(id);
  const isSeen = element => !!element && element.getClientRects().length > 0 && getComputedStyle(element).visibility === 'visible' && getComputedStyle(element).opacity !== '0';
  const words = id => (isSeen(part(id)) ? part(id).textContent.trim() : '');

  /** What stands on the page now, but for what counts down. */
  function look() {
    const texts = ['status-text', 'trouble-title', 'trouble-text', 'lobby-title', 'toast'].map(words).filter(text => text !== '');
    return { texts: [...new Set(texts)], button: words('reconnect') || words('start') || null };
  }

  let seen = '';
  function noteSight() {
    const session = player()?.session;
    if (!session) return;
    const sight = { state: session.state.status, ...look() };
    const key = JSON.stringify(sight);
    if (key === seen) return;
    seen = key;
    found.sights.push({ at: Date.now(), ...sight });
  }

  function noteState(state) {
    found.states.push({ at: Date.now(), state: state.status, level: state.status === 'connected' ? (state.resumed?.level ?? null) : null });
  }

  /** A picture after a time without one. */
  function watchPictures(video) {
    let last = 0;
    const next = () => {
      const now = Date.now();
      if (now - last > STILL_MS) found.pictures.push(now);
      last = now;
      video.requestVideoFrameCallback(next);
    };
    video.requestVideoFrameCallback(next);
  }

  function attach() {
    const session = player()?.session;
    if (!session) return;
    clearInterval(search);
    noteState(session.state);
    session.addEventListener('statechange', ({ state }) => {
      noteState(state);
      noteSight();
    });
    session.addEventListener('stream', () => listen(session.stream));
    if (session.stream) listen(session.stream);
    watchPictures(player().video);
    setInterval(noteSight, 100);
  }
  const search = setInterval(attach, 10);

  globalThis.watcher = {
    /** What was found since the last time. */
    take() {
      complete();
      const { pieces, states, sights, pictures } = found;
      return { pieces: pieces.splice(0), states: states.splice(0), sights: sights.splice(0), pictures: pictures.splice(0), lastLoud };
    },
    session: () => player()?.session,
    part,
    isSeen,
  };
})();
