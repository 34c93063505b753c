/** @typedef {import('./environment.js').Environment} Environment */
/** @typedef {import('./session-api.js').Vitals} Vitals */

/** While the session is away and the client may come back by itself, it asks more often whether the server is there. */
export const EAGER_BEAT_MS = 5_000;
/** A server that restarts is back within seconds, and then everybody wants to know it. */
export const RESTART_BEAT_MS = 3_000;

/**
 * @typedef {object} HeartObserver
 * @property {() => Promise<Vitals> | null} beat sends a heartbeat; null where there is no session
 * @property {() => Promise<Vitals> | null} ask looks at the session without being a sign of life
 * @property {(vitals: Vitals) => void} onAnswer
 * @property {(thrown: unknown, wasBeat: boolean) => void} onFailure
 * @property {() => boolean} isWorthIt whether it beats on by itself
 */

/** Beats as long as there is a session, with or without a connection, one call at a time. */
export class Heart {
  #environment;
  #observer;
  #intervalMs = 20_000;
  /** @type {unknown} */
  #timer = null;
  /** @type {unknown} */
  #askTimer = null;
  #running = false;
  #epoch = 0;
  #beating = false;

  /**
   * @param {Environment} environment
   * @param {HeartObserver} observer
   */
  constructor(environment, observer) {
    this.#environment = environment;
    this.#observer = observer;
  }

  /** @param {number} intervalMs */
  start(intervalMs) {
    this.stop();
    this.#running = true;
    this.#intervalMs = intervalMs;
    this.#schedule();
  }

  stop() {
    this.#running = false;
    this.#beating = false;
    this.#epoch++;
    this.#environment.clearTimeout(this.#timer);
    this.#environment.clearTimeout(this.#askTimer);
  }

  /**
   * Changes the pace; the next beat is at most so far away.
   * @param {number} intervalMs
   */
  pace(intervalMs) {
    if (!this.#running || intervalMs === this.#intervalMs) return;
    this.#intervalMs = intervalMs;
    if (!this.#beating) this.#schedule();
  }

  /** Beats at once, and then again in the usual pace. Resolves when the server was heard or not. */
  async beatNow() {
    if (!this.#running || this.#beating) return;
    this.#environment.clearTimeout(this.#timer);
    await this.#beat();
  }

  /**
   * Looks at the session a little later, without that being a sign of life.
   * @param {number} [delayMs]
   */
  askIn(delayMs = 0) {
    if (!this.#running) return;
    this.#environment.clearTimeout(this.#askTimer);
    this.#askTimer = this.#environment.setTimeout(() => void this.#call(this.#observer.ask, false), delayMs);
  }

  #schedule() {
    this.#environment.clearTimeout(this.#timer);
    this.#timer = this.#environment.setTimeout(() => {
      // Otherwise it rests, until somebody has it beat again.
      if (this.#observer.isWorthIt()) void this.#beat();
    }, this.#intervalMs);
  }

  async #beat() {
    const epoch = this.#epoch;
    this.#beating = true;
    await this.#call(this.#observer.beat, true);
    if (epoch !== this.#epoch) return;
    this.#beating = false;
    this.#schedule();
  }

  /**
   * @param {() => Promise<Vitals> | null} call
   * @param {boolean} isBeat
   */
  async #call(call, isBeat) {
    const epoch = this.#epoch;
    const answer = call();
    if (!answer) return;
    try {
      const vitals = await answer;
      if (epoch === this.#epoch) this.#observer.onAnswer(vitals);
    } catch (thrown) {
      if (epoch === this.#epoch) this.#observer.onFailure(thrown, isBeat);
    }
  }
}
