import { HoldfastError, errorFromResponse } from './errors.js';
import { EventStreamParser } from './event-stream.js';

/** @typedef {import('./environment.js').Environment} Environment */
/** @typedef {import('./session-api.js').SessionApi} SessionApi */
/** @typedef {import('./session-api.js').SessionCredentials} SessionCredentials */

/**
 * One entry of a session's journal, as the server wrote it (docs/http-api.md, "Events").
 * @typedef {{ number: number, kind: string, data: any }} JournalEntry
 */

/** What says that a stream is another reader's from now on: who came back would only take it back. */
const FAREWELLS = new Set(['replaced', 'displaced']);
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 10_000;
/** The server says something, be it nothing, every 15 s. After so long without a byte the stream is dead. */
const SILENCE_MS = 40_000;

/**
 * Follows what the server writes down about a session, from a number on and over breaks of the network: nothing is missed,
 * and nothing told twice.
 */
export class JournalReader {
  #environment;
  #api;
  #onEntry;
  #last = 0;
  /** @type {AbortController | null} */
  #abort = null;

  /**
   * @param {Environment} environment
   * @param {SessionApi} api
   * @param {(entry: JournalEntry) => void} onEntry
   */
  constructor(environment, api, onEntry) {
    this.#environment = environment;
    this.#api = api;
    this.#onEntry = onEntry;
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
      if (!current) return;
      const before = this.#last;
      try {
        if (await this.#readOnce(current, signal)) return;
      } catch (thrown) {
        // The session is over, or another client's: the heartbeats say so too, and say it better.
        if (thrown instanceof HoldfastError && (thrown.code === 'gone' || thrown.code === 'replaced')) return;
      }
      if (signal.aborted) return;
      if (this.#last !== before) pause = FIRST_PAUSE_MS;
      await this.#wait(pause, signal);
      pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
    }
  }

  /**
   * @param {SessionCredentials} credentials
   * @param {AbortSignal} signal
   * @returns {Promise<boolean>} whether the stream was ended for good: its place is another reader's
   */
  async #readOnce(credentials, signal) {
    const { setTimeout, clearTimeout } = this.#environment;
    const silence = new AbortController();
    const giveUp = () => silence.abort();
    signal.addEventListener('abort', giveUp);
    let timer = setTimeout(giveUp, SILENCE_MS);
    try {
      const response = await this.#api.events(credentials, this.#last, silence.signal);
      if (!response.ok || !response.body) throw await errorFromResponse(response);
      const parser = new EventStreamParser();
      const reader = response.body.pipeThrough(/** @type {TransformStream<Uint8Array, string>} */ (/** @type {unknown} */ (new TextDecoderStream()))).getReader();
      for (;;) {
        const { done, value } = await reader.read();
        if (done || signal.aborted) return signal.aborted;
        clearTimeout(timer);
        timer = setTimeout(giveUp, SILENCE_MS);
        for (const event of parser.push(value)) {
          if (FAREWELLS.has(event.event)) return true;
          this.#tell(event);
        }
      }
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', giveUp);
      silence.abort();
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
    this.#onEntry({ number, kind: event, data: parsed });
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
