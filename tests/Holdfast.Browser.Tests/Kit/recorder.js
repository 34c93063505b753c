// A page of the test's own with the real client in it, and what it plays, recorded as it leaves the browser's jitter buffer
// and decoder. It takes no part in what the client does: it looks at the same track that the page's video element plays.
(() => {
  const PIECE_SAMPLES = 48_000;
  const LONGEST_GAP_SECONDS = 1;

  const pieces = [];
  let reader = null;
  let filling = null;
  let begins = true;
  let lastLoud = -Infinity;

  const pause = milliseconds => new Promise(done => setTimeout(done, milliseconds));

  /** Asks until the answer is truthy; a test that waits for ever is ended by the test. */
  async function until(question) {
    for (;;) {
      const answer = await question();
      if (answer) return answer;
      await pause(20);
    }
  }

  /** Ends the piece that is being filled. */
  function complete() {
    if (!filling) return;
    const { at, begins, rate, samples, count } = filling;
    filling = null;
    pieces.push({ at, begins, rate, pcm: new Uint8Array(samples.buffer, 0, 2 * count).toBase64() });
  }

  function put(value, rate) {
    filling ??= { at: performance.timeOrigin + performance.now(), begins, rate, samples: new Int16Array(PIECE_SAMPLES), count: 0 };
    begins = false;
    filling.samples[filling.count++] = value;
    if (filling.count === PIECE_SAMPLES) complete();
  }

  function add(wave, rate) {
    let power = 0;
    for (const value of wave) {
      power += value * value;
      put(Math.max(-32_768, Math.min(32_767, Math.round(value * 32_768))), rate);
    }
    if (power / wave.length > 1e-4) lastLoud = performance.now();
  }

  /** Records the sound of a stream from now on, and no other. */
  async function listen(stream) {
    void reader?.cancel();
    reader = null;
    complete();
    begins = true;
    const [track] = stream?.getAudioTracks() ?? [];
    if (!track) return;
    const mine = (reader = new MediaStreamTrackProcessor({ track, maxBufferSize: 1_000 }).readable.getReader());
    let expected = null;
    for (;;) {
      const { done, value: sound } = await mine.read();
      if (done) return;
      if (mine !== reader) {
        sound.close();
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

  /** What was recorded since the last time. */
  function take() {
    complete();
    return pieces.splice(0);
  }

  /** Speech is heard; asked for the first time after this call. */
  const loud = () => {
    const since = performance.now();
    return until(() => lastLoud > since);
  };

  /** The real client, as any page would use it; its pictures and sound are played where a person would see and hear them. */
  async function open() {
    const { HoldfastSession } = await import('/holdfast/index.js');
    const session = new HoldfastSession();
    const video = document.querySelector('video');
    session.addEventListener('stream', () => {
      video.srcObject = session.stream;
      void listen(session.stream);
      void video.play();
    });
    globalThis.session = session;
  }

  /** For how many seconds the decoder of this page made up sound, other than silence, because no packet was there in time. */
  async function madeUp() {
    for (const report of (await globalThis.session.getStats())?.values() ?? []) {
      if (report.type === 'inbound-rtp' && report.kind === 'audio') return (report.concealedSamples - report.silentConcealedSamples) / 48_000;
    }
    return 0;
  }

  globalThis.recorder = { open, take, loud, until, madeUp };
})();
