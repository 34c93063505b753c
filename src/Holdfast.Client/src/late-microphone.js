import { HoldfastError } from './errors.js';

/** @typedef {import('./environment.js').Environment} Environment */
/** @typedef {import('./microphone.js').Keeping} Keeping */
/** @typedef {import('./microphone.js').Listened} Listened */
/** @typedef {import('./microphone.js').Microphone} Microphone */
/** @typedef {import('./session-api.js').SessionApi} SessionApi */

/** The session's microphone, which is loaded when somebody first uses it, or before: most who look at an avatar never speak to it. */
export class LateMicrophone {
  #make;
  /** @type {Promise<Microphone> | null} */
  #made = null;
  /** @type {Microphone | null} */
  #microphone = null;

  /**
   * @param {Environment} environment
   * @param {SessionApi} api
   * @param {Listened} core
   */
  constructor(environment, api, core) {
    this.#make = async () => {
      const { Microphone } = await import('./microphone.js').catch((thrown) => {
        throw new HoldfastError('network', 'What the microphone needs could not be loaded.', { cause: thrown });
      });
      return (this.#microphone = new Microphone(environment, api, core));
    };
  }

  /** @returns {Promise<Microphone>} rejected where it cannot be loaded; whoever asks next tries again */
  get() {
    this.#made ??= this.#make();
    this.#made.catch(() => (this.#made = null));
    return this.#made;
  }

  /** @returns {Keeping} */
  get keeping() {
    return this.#microphone?.keeping ?? 'none';
  }

  get level() {
    return this.#microphone?.level ?? 0;
  }

  /** @param {MediaStreamTrack | null} track */
  async use(track) {
    await (await this.get()).use(track);
  }

  /** @param {{ mode: import('./session-api.js').ListeningMode, talking?: boolean }} wish */
  async listen(wish) {
    await (await this.get()).listen(wish);
  }

  /**
   * @param {import('./state.js').SessionState} state
   * @param {import('./state.js').SessionState} previous
   */
  follow(state, previous) {
    this.#microphone?.follow(state, previous);
  }

  /** @param {import('./journal.js').JournalEntry} entry */
  note(entry) {
    this.#microphone?.note(entry);
  }
}
