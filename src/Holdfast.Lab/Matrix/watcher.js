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
  const tapes = [];
  let measured = { energy: 0, seconds: 0 };

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

  /**
   * Elsewhere the browser's own recorder listens. (A node of the sound graph would need a machine with loudspeakers.) What it made is
   * decoded when it is asked for, from its beginning, since a later part alone cannot be.
   */
  function recordTrack(track, isMine) {
    const chunks = [];
    const recorder = new MediaRecorder(new MediaStream([track]), { mimeType: 'audio/webm;codecs=opus', audioBitsPerSecond: 160_000 });
    const tape = { at: 0, delivered: 0, recorder, chunks };
    recorder.onstart = () => (tape.at = Date.now());
    recorder.ondataavailable = ({ data }) => {
      chunks.push(data);
      if (!isMine() && recorder.state !== 'inactive') recorder.stop();
    };
    recorder.start(200);
    tapes.push(tape);
  }

  /** What the recorders have got since the last time. */
  async function rewind() {
    for (const tape of tapes) {
      if (tape.recorder.state === 'recording') {
        await new Promise(done => {
          tape.recorder.addEventListener('dataavailable', done, { once: true });
          tape.recorder.requestData();
        });
      }
      if (tape.chunks.length === 0) continue;
      const bytes = await new Blob(tape.chunks).arrayBuffer();
      const sound = await new OfflineAudioContext(1, 1, 48_000).decodeAudioData(bytes).catch(() => null);
      if (!sound) continue;
      const fresh = sound.getChannelData(0).subarray(tape.delivered);
      const samples = Int16Array.from(fresh, value => Math.max(-32_768, Math.min(32_767, Math.round(value * 32_768))));
      found.pieces.push({ at: tape.at + tape.delivered / 48, begins: tape.delivered === 0, rate: 48_000, pcm: new Uint8Array(samples.buffer).toBase64() });
      tape.delivered += fresh.length;
    }
  }

  /** Whether something is heard, where no block of sound is seen: by the energy that the browser has counted. */
  async function measure() {
    for (const report of (await player()?.session?.getStats())?.values() ?? []) {
      if (report.type !== 'inbound-rtp' || report.kind !== 'audio') continue;
      const { totalAudioEnergy: energy, totalSamplesDuration: seconds } = report;
      if (energy - measured.energy > 1e-4 * (seconds - measured.seconds) && seconds > measured.seconds) lastLoud = Date.now();
      measured = { energy, seconds };
    }
  }

  /** For how many seconds the decoder made up sound, other than silence, because no packet was there in time. */
  async function countMadeUp() {
    for (const report of (await player()?.session?.getStats())?.values() ?? []) {
      if (report.type === 'inbound-rtp' && report.kind === 'audio') return (report.concealedSamples - (report.silentConcealedSamples ?? 0)) / 48_000;
    }
    return 0;
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
    else recordTrack(mine, isMine);
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
    noteSight();
    setInterval(noteSight, 100);
    if (!('MediaStreamTrackProcessor' in globalThis)) setInterval(measure, 200);
  }
  const search = setInterval(attach, 10);

  globalThis.watcher = {
    /** What was found since the last time; the last time of all, what is costly to ask for as well. */
    async take(isLast) {
      complete();
      if (isLast) await rewind();
      const madeUp = isLast ? await countMadeUp() : 0;
      const { pieces, states, sights, pictures } = found;
      return { pieces: pieces.splice(0), states: states.splice(0), sights: sights.splice(0), pictures: pictures.splice(0), lastLoud, madeUp };
    },
    session: () => player()?.session,
    part,
    isSeen,
  };
})();
