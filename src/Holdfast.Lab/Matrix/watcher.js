// Runs in each document of the page under test, before its own scripts, and looks on: what is played, what is shown, and when. It takes no
// part in what the page does. Times are those of the wall clock, in milliseconds: a browser that was stopped has no other that is right.
(() => {
  const PIECE_SAMPLES = 4_800;
  const LONGEST_GAP_SECONDS = 1;
  const LEFT_OUT_SECONDS = 0.5;
  const STILL_MS = 600;
  const REEL_MS = 120;
  const BEHIND_MS = 40;
  const CATCH_UP_MS = 500;

  const found = { states: [], sights: [], pictures: [] };
  let filling = null;
  let begins = true;
  let streamName = '';
  let lastLoud = 0;
  let listening = null;
  const tapes = [];
  let measured = { energy: 0, seconds: 0 };
  let read = null;

  /** What is played is told at once, so that it is known up to the moment in which the page goes, or dies. */
  const tell = what => globalThis.holdfastTell(JSON.stringify(what));

  function complete() {
    if (!filling) return;
    const { at, begins, stream, rate, samples, count } = filling;
    filling = null;
    tell({ piece: { at, begins, stream, rate, pcm: new Uint8Array(samples.buffer, 0, 2 * count).toBase64() } });
  }

  function add(wave, rate) {
    let power = 0;
    for (const value of wave) {
      power += value * value;
      filling ??= { at: Date.now() - (1_000 * wave.length) / rate, begins, stream: streamName, rate, samples: new Int16Array(PIECE_SAMPLES), count: 0 };
      begins = false;
      filling.samples[filling.count++] = Math.max(-32_768, Math.min(32_767, Math.round(value * 32_768)));
      if (filling.count === PIECE_SAMPLES) complete();
    }
    if (power / wave.length > 1e-4) lastLoud = Date.now();
  }

  /** Chromium hands over each block of sound as its decoder made it. */
  async function readTrack(track, isMine) {
    const reader = new MediaStreamTrackProcessor({ track, maxBufferSize: 1_000 }).readable.getReader();
    let origin = null;
    let taken = 0;
    let leastDelay = Infinity;
    for (;;) {
      const { done, value: sound } = await reader.read();
      if (done) return;
      if (!isMine()) {
        sound.close();
        void reader.cancel();
        return;
      }
      // What the browser left out was not played: it counts as silence. A browser that does not get the processor hands over late what it makes up for in
      // the next moment; only what stays missing was left out.
      origin ??= sound.timestamp;
      leastDelay = Math.min(leastDelay, Date.now() - sound.timestamp / 1_000);
      read = { upTo: sound.timestamp / 1_000 + leastDelay };
      const missing = (sound.timestamp - origin) / 1e6 - taken;
      if (missing > LEFT_OUT_SECONDS) {
        add(new Float32Array(Math.round(Math.min(LONGEST_GAP_SECONDS, missing) * sound.sampleRate)), sound.sampleRate);
        taken += missing;
      }
      const wave = new Float32Array(sound.numberOfFrames);
      sound.copyTo(wave, { planeIndex: 0, format: 'f32-planar' });
      taken += sound.duration / 1e6;
      const { sampleRate } = sound;
      sound.close();
      add(wave, sampleRate);
    }
  }

  /**
   * Elsewhere the browser's own recorder listens. (A node of the sound graph would need a machine with loudspeakers.) What it writes is handed over
   * as it is and decoded in the end: a later part alone cannot be, and a page that is about to go has no time for it.
   */
  function recordTrack(track, isMine) {
    const recorder = new MediaRecorder(new MediaStream([track]), { mimeType: 'audio/webm;codecs=opus', audioBitsPerSecond: 160_000 });
    const name = `${Date.now()}-${Math.random()}`;
    const tape = { recorder, writing: Promise.resolve() };
    let at = 0;
    recorder.onstart = () => (at = Date.now());
    recorder.ondataavailable = ({ data }) => {
      const bytes = data.arrayBuffer();
      tape.writing = tape.writing.then(async () => tell({ reel: { tape: name, at, bytes: new Uint8Array(await bytes).toBase64() } }));
      if (!isMine() && recorder.state !== 'inactive') recorder.stop();
    };
    recorder.start(REEL_MS);
    tapes.push(tape);
  }

  /** Has what was played until now be read and written. Where the processor is scarce, blocks that were played long ago wait for this thread. */
  async function flush() {
    const asked = Date.now();
    while (read && Date.now() - read.upTo > BEHIND_MS && Date.now() - asked < CATCH_UP_MS) await new Promise(done => setTimeout(done, 5));
    for (const { recorder } of tapes) {
      if (recorder.state !== 'recording') continue;
      await new Promise(done => {
        recorder.addEventListener('dataavailable', done, { once: true });
        recorder.requestData();
      });
    }
    for (const tape of tapes) await tape.writing;
  }

  /** The sound of a whole tape, 48 kHz, mono; null where nothing can be made of it. */
  async function develop(tape) {
    const bytes = Uint8Array.fromBase64(tape);
    const sound = await new OfflineAudioContext(1, 1, 48_000).decodeAudioData(bytes.buffer).catch(() => null);
    if (!sound) return null;
    const samples = Int16Array.from(sound.getChannelData(0), value => Math.max(-32_768, Math.min(32_767, Math.round(value * 32_768))));
    return new Uint8Array(samples.buffer).toBase64();
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

  /**
   * How many seconds of sound the decoder made up, other than silence, because no packet was there in time, and how many it had received and threw
   * away because nobody took them: what happens in a browser that does not get the processor.
   */
  async function countMadeUp() {
    for (const report of (await player()?.session?.getStats())?.values() ?? []) {
      if (report.type !== 'inbound-rtp' || report.kind !== 'audio') continue;
      return (report.concealedSamples - (report.silentConcealedSamples ?? 0)) / 48_000 + (report.packetsDiscarded ?? 0) / 50;
    }
    return 0;
  }

  function listen(stream) {
    const [track] = stream?.getAudioTracks() ?? [];
    if (listening === (track ?? null)) return;
    complete();
    begins = true;
    streamName = `${Date.now()}-${Math.random()}`;
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

  addEventListener('pagehide', complete);

  globalThis.watcher = {
    /** What was found since the last time; the last time of all, what is costly to ask for as well. */
    async take(isLast) {
      const madeUp = isLast ? await countMadeUp() : 0;
      if (isLast) await flush();
      complete();
      const { states, sights, pictures } = found;
      return { states: states.splice(0), sights: sights.splice(0), pictures: pictures.splice(0), lastLoud, madeUp };
    },
    develop,
    session: () => player()?.session,
    part,
    isSeen,
  };
})();
