import { EventStreamParser } from './event-stream.js';

/** @typedef {import('./environment.js').Environment} Environment */
/** @typedef {import('./session-api.js').SessionApi} SessionApi */
/** @typedef {import('./session-api.js').SessionCredentials} SessionCredentials */

/**
 * One entry of a session's journal, as the server wrote it (docs/http-api.md, "Events").
 * @typedef {{ number: number, kind: string, data: any }} JournalEntry
 */

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 10_000;
/** The server says something, be it nothing, every 15 s. After so long without a byte the stream is dead. */
const SILENCE_MS = 40_000;

/**
 * @typedef {object} JournalObserver
 * @property {(entry: JournalEntry) => void} onEntry
 * @property {(thrown: unknown) => boolean} onFailure whether the session is over, by this error
 * @property {() => void} onReplaced the server says that another client has the session, or this one a newer token
 * @property {() => void} onDisplaced another reader took this one's place. Coming back by itself, it would only take it back.
 * @property {() => boolean} isWorthIt whether there is anything left to ask for
 */

/**
 * Follows what the server writes down about a session, from a number on and over breaks of the network: nothing is missed,
 * and nothing told twice. Nothing but the end of the session, or another reader in its place, ends that.
 */
export class JournalReader {
  #environment;
  #api;
  #observer;
  #last = 0;
  /** @type {AbortController | null} */
  #abort = null;

  /**
   * @param {Environment} environment
   * @param {SessionApi} api
   * @param {JournalObserver} observer
   */
  constructor(environment, api, observer) {
    this.#environment = environment;
    this.#api = api;
    this.#observer = observer;
  }

  /** Whether it reads, or is about to. */
  get isReading() {
    return this.#abort !== null;
  }

  /** The number of the last entry that was read. */
  get last() {
    return this.#last;
  }

  /**
   * @param {() => SessionCredentials | null} credentials of now: a new connection brings new ones
   * @param {number} [after] the last entry that is known already
   */
  start(credentials, after = 0) {
    this.stop();
    this.#last = after;
    const abort = (this.#abort = new AbortController());
    void this.#follow(credentials, abort.signal);
  }

  stop() {
    this.#abort?.abort();
    this.#abort = null;
  }

  /**
   * @param {() => SessionCredentials | null} credentials
   * @param {AbortSignal} signal
   */
  async #follow(credentials, signal) {
    let pause = FIRST_PAUSE_MS;
    while (!signal.aborted) {
      const current = credentials();
      if (!current || !this.#observer.isWorthIt()) break;
      const before = this.#last;
      try {
        const farewell = await this.#readOnce(current, signal);
        if (signal.aborted) return;
        if (farewell === 'replaced') this.#observer.onReplaced();
        if (farewell === 'displaced') {
          this.#abort = null;
          this.#observer.onDisplaced();
          return;
        }
      } catch (thrown) {
        if (signal.aborted) return;
        if (this.#observer.onFailure(thrown)) break;
      }
      if (signal.aborted) return;
      if (this.#last !== before) pause = FIRST_PAUSE_MS;
      await this.#wait(pause, signal);
      pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
    }
    if (!signal.aborted) this.#abort = null;
  }

  /**
   * @param {SessionCredentials} credentials
   * @param {AbortSignal} signal
   * @returns {Promise<'replaced' | 'displaced' | null>} with what word the stream was ended, if with one
   */
  async #readOnce(credentials, signal) {
    const { setTimeout, clearTimeout } = this.#environment;
    const silence = new AbortController();
    /** @type {ReadableStreamDefaultReader<string> | null} */
    let reader = null;
    /** @type {unknown} */
    let timer = null;
    const giveUp = () => {
      clearTimeout(timer);
      silence.abort();
      void reader?.cancel().catch(() => {});
    };
    signal.addEventListener('abort', giveUp);
    timer = setTimeout(giveUp, SILENCE_MS);
    try {
      const body = await this.#api.events(credentials, this.#last, silence.signal);
      const parser = new EventStreamParser();
      reader = body.pipeThrough(/** @type {TransformStream<Uint8Array, string>} */ (/** @type {unknown} */ (new TextDecoderStream()))).getReader();
      for (;;) {
        const { done, value } = await reader.read();
        if (done || signal.aborted) return null;
        clearTimeout(timer);
        timer = setTimeout(giveUp, SILENCE_MS);
        for (const event of parser.push(value)) {
          if (event.event === 'replaced' || event.event === 'displaced') return event.event;
          this.#tell(event);
        }
      }
    } finally {
      signal.removeEventListener('abort', giveUp);
      giveUp();
    }
  }

  /** @param {import('./event-stream.js').StreamEvent} event */
  #tell({ id, event, data }) {
    const number = Number(id);
    let parsed;
    try {
      parsed = JSON.parse(data);
    } catch {
      return;
    }
    // A stream that is begun anew may begin a little early.
    if (id !== '' && number <= this.#last) return;
    if (id !== '' && Number.isSafeInteger(number)) this.#last = number;
    this.#observer.onEntry({ number, kind: event, data: parsed });
  }

  /**
   * @param {number} milliseconds
   * @param {AbortSignal} signal
   * @returns {Promise<void>}
   */
  #wait(milliseconds, signal) {
    return new Promise((resolve) => {
      const timer = this.#environment.setTimeout(resolve, milliseconds);
      signal.addEventListener('abort', () => {
        this.#environment.clearTimeout(timer);
        resolve();
      });
    });
  }
}
