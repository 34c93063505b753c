import { HoldfastError, isUnheard } from './errors.js';
import { KeptSound } from './kept-sound.js';
import { nameFrom } from './names.js';
import { isAway, isElsewhere } from './state.js';
import { waveFile } from './wave-file.js';

/** @typedef {import('./environment.js').Environment} Environment */
/** @typedef {import('./link.js').Link} Link */
/** @typedef {import('./session-api.js').ListeningMode} ListeningMode */
/** @typedef {import('./session-api.js').SessionApi} SessionApi */
/** @typedef {import('./session-api.js').SessionCredentials} SessionCredentials */
/** @typedef {import('./state.js').SessionState} SessionState */

/**
 * What becomes of what the person says while the connection is lost: `none` while nothing is to be kept, `keeping`, `full` when there is no room for
 * more, `sending` when it is on its way, `lost` when it could not be sent.
 * @typedef {'none' | 'keeping' | 'full' | 'sending' | 'lost'} Keeping
 */

/**
 * The session as its microphone needs it.
 * @typedef {object} Listened
 * @property {SessionState} state
 * @property {Link} link
 * @property {<T>(call: (credentials: SessionCredentials) => Promise<T>) => Promise<T>} ask a call that needs a connected session
 * @property {() => void} onMicrophone what becomes of what was said has changed
 */

/** What recognisers want, and a tenth of what is heard. */
const RATE = 16_000;
/** Quieter than this nothing was said: about -60 dB of full scale. */
const SILENCE = 0.001;
/** How long after the return is recorded: by what arrived as well, the server finds where the gap ends. */
const AFTER_MS = 1_200;
/** How long an outage that this page has noticed may take to be in the journal. */
const JOURNAL_MS = 10_000;
/** The longest time ago that the server takes for a recording's beginning. */
const OLDEST_MS = 600_000;
/** How often a recording is sent again. */
const MAX_TRIES = 6;
const FIRST_PAUSE_MS = 1_000;

/**
 * The person's microphone: it stays over every reconnect, and what is said into a dead connection is recorded here and sent once afterwards. The
 * server knows what of it had arrived, and joins the rest.
 */
export class Microphone {
  #environment;
  #api;
  #core;
  /** @type {{ mode: ListeningMode, talking: boolean }} */
  #wish = { mode: 'handsFree', talking: false };
  /** @type {import('./sound.js').Tap | null} */
  #tap = null;
  /** @type {KeptSound | null} */
  #kept = null;
  #level = 0;
  #isLost = false;
  /** @type {unknown} */
  #timer = null;
  /** Until when an entry of the journal about an outage is about one that was noticed here. */
  #noticedUntil = 0;
  /** Recordings to be sent, the oldest first. @type {{ file: Uint8Array<ArrayBuffer>, beganAt: number, key: string, tries: number }[]} */
  #recordings = [];
  #isSending = false;
  /** @type {Keeping} */
  #told = 'none';

  /**
   * @param {Environment} environment
   * @param {SessionApi} api
   * @param {Listened} core
   */
  constructor(environment, api, core) {
    this.#environment = environment;
    this.#api = api;
    this.#core = core;
  }

  /** What becomes of what the person says at the moment. @returns {Keeping} */
  get keeping() {
    if (this.#isLost) return 'lost';
    if (this.#core.link.microphone && this.#kept?.isHeld && isAway(this.#core.state)) return this.#kept.isFull ? 'full' : 'keeping';
    return this.#recordings.length > 0 || this.#timer !== null ? 'sending' : 'none';
  }

  /** How loud the person is now, 0 to 1 of full scale. */
  get level() {
    return this.#level;
  }

  /** @param {MediaStreamTrack | null} track */
  async use(track) {
    const { link } = this.#core;
    const previous = link.microphone;
    this.#apply(track);
    await link.setMicrophone(track);
    if (track !== previous) await this.#hearAlong(track);
    await this.#tell();
  }

  /** @param {{ mode: ListeningMode, talking?: boolean }} wish */
  async listen({ mode, talking = false }) {
    this.#wish = { mode, talking };
    this.#apply(this.#core.link.microphone);
    if (this.#core.state.status === 'connected') await this.#tellWish();
  }

  /**
   * @param {SessionState} state
   * @param {SessionState} previous
   */
  follow(state, previous) {
    if (isElsewhere(state) || (!isAway(state) && state.status !== 'connected')) {
      this.#forget();
    } else if (isAway(state)) {
      if (!isAway(previous)) this.#isLost = false;
      this.#cancel();
      this.#kept?.hold();
    } else if (previous.status !== 'connected') {
      // What was turned on or off meanwhile; where it cannot be told now, the next connection tells it.
      this.#tell().catch(() => {});
      if (this.#wish.mode !== 'handsFree') this.#tellWish().catch(() => {});
      if (isAway(previous)) {
        this.#noticedUntil = this.#environment.now() + JOURNAL_MS;
        this.#sendSoon();
      }
      void this.#send();
    }
    this.#noteChange();
  }

  /**
   * The server noticed an outage. One that was too short for this page to notice may have swallowed a word all the same.
   * @param {import('./journal.js').JournalEntry} entry
   */
  note({ kind, data }) {
    if (kind !== 'state' || data?.to !== 'connected' || (data.from !== 'interrupted' && data.from !== 'held')) return;
    if (this.#environment.now() < this.#noticedUntil) this.#noticedUntil = 0;
    else if (this.#core.state.status === 'connected') this.#sendSoon();
  }

  /** While the button is not held nothing is sent. @param {MediaStreamTrack | null} track */
  #apply(track) {
    if (track) track.enabled = this.#wish.mode === 'handsFree' || this.#wish.talking;
  }

  /** @param {MediaStreamTrack | null} track */
  async #hearAlong(track) {
    this.#tap?.close();
    this.#tap = null;
    this.#level = 0;
    const { sound } = this.#environment;
    if (!track || !sound) return;
    try {
      /** @type {KeptSound | null} */
      let kept = null;
      const tap = await sound.tap(track, (samples) => kept && this.#hear(kept, samples));
      if (this.#core.link.microphone !== track) return tap.close();
      this.#tap = tap;
      kept = this.#kept = new KeptSound(tap.rate);
      if (isAway(this.#core.state)) kept.hold();
    } catch (thrown) {
      // Heard all the same; only an outage swallows what is said in it.
      this.#environment.log.warn(`What is said while the connection is lost is not recorded: ${String(thrown)}`);
    }
  }

  /**
   * @param {KeptSound} kept
   * @param {Float32Array} samples
   */
  #hear(kept, samples) {
    this.#level = Math.sqrt(samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length);
    // A button that is not held leaves nothing to keep; before an outage the time counts, by which the server finds the place.
    if (kept.isHeld && this.#wish.mode === 'pushToTalk' && !this.#wish.talking) return;
    const wasFull = kept.isFull;
    kept.add(samples, this.#environment.now());
    if (kept.isFull && !wasFull) this.#noteChange();
  }

  #sendSoon() {
    if (!this.#kept || this.#timer !== null) return;
    // What is said until then belongs to it.
    this.#kept.hold();
    this.#timer = this.#environment.setTimeout(() => {
      this.#timer = null;
      void this.#record();
    }, AFTER_MS);
  }

  /** What was kept becomes a recording that is sent. */
  async #record() {
    const { sound, random } = this.#environment;
    const kept = this.#kept?.take();
    if (kept && sound && kept.peak >= SILENCE) {
      const samples = await sound.resample(kept.samples, kept.rate, RATE);
      this.#recordings.push({ file: waveFile(samples, RATE), beganAt: kept.beganAt, key: nameFrom(random), tries: 0 });
    }
    await this.#send();
    this.#noteChange();
  }

  /** One after the other: an older one belongs before a newer one. */
  async #send() {
    if (this.#isSending) return;
    this.#isSending = true;
    try {
      for (let recording = this.#recordings[0]; recording && this.#core.state.status === 'connected'; recording = this.#recordings[0]) {
        if (!(await this.#deliver(recording))) break;
        if (this.#recordings[0] === recording) this.#recordings.shift();
        this.#noteChange();
      }
    } finally {
      this.#isSending = false;
    }
  }

  /**
   * @param {{ file: Uint8Array<ArrayBuffer>, beganAt: number, key: string, tries: number }} recording
   * @returns {Promise<boolean>} whether nothing more is to be done for it
   */
  async #deliver(recording) {
    const { now, setTimeout } = this.#environment;
    const ago = Math.round(now() - recording.beganAt);
    try {
      await this.#core.ask((credentials) => this.#api.sendRecording(credentials, recording.file, { key: recording.key, ...(ago <= OLDEST_MS ? { agoMs: ago } : {}) }));
      return true;
    } catch (thrown) {
      const error = HoldfastError.from(thrown, 'network', String(thrown));
      // Without a connection it waits for the next one.
      if (error.code === 'not-connected') return false;
      const mayPass = isUnheard(error) || error.code === 'server' || error.code === 'busy' || error.code === 'restarting';
      if (mayPass && ++recording.tries < MAX_TRIES) {
        setTimeout(() => void this.#send(), FIRST_PAUSE_MS * 2 ** (recording.tries - 1));
        return false;
      }
      this.#isLost = true;
      return true;
    }
  }

  async #tell() {
    const { link, state } = this.#core;
    const { connection } = link;
    if (!connection?.hasNews || state.status !== 'connected') return;
    await this.#core.ask((credentials) => connection.tell((sdp) => this.#api.restart(credentials, sdp)));
  }

  #tellWish() {
    return this.#core.ask((credentials) => this.#api.listen(credentials, this.#wish));
  }

  #noteChange() {
    const { keeping } = this;
    if (keeping === this.#told) return;
    this.#told = keeping;
    this.#core.onMicrophone();
  }

  #cancel() {
    if (this.#timer === null) return;
    this.#environment.clearTimeout(this.#timer);
    this.#timer = null;
  }

  /** Another session, or none: nobody waits for what was said to this one. */
  #forget() {
    this.#cancel();
    this.#kept?.clear();
    this.#recordings = [];
    this.#isLost = false;
    this.#noticedUntil = 0;
  }
}
