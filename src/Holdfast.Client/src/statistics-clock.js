/** @typedef {import('./connection.js').Connection} Connection */
/** @typedef {import('./environment.js').Environment} Environment */
/** @typedef {import('./statistics.js').ConnectionStatistics} ConnectionStatistics */

const INTERVAL_MS = 1_000;

/** Reads a connection's statistics once a second, whichever connection is in use then. */
export class StatisticsClock {
  #environment;
  #connection;
  #onStatistics;
  /** @type {unknown} */
  #timer = null;

  /**
   * @param {Environment} environment
   * @param {() => Connection | null} connection the one in use
   * @param {(statistics: ConnectionStatistics) => void} onStatistics
   */
  constructor(environment, connection, onStatistics) {
    this.#environment = environment;
    this.#connection = connection;
    this.#onStatistics = onStatistics;
  }

  /** Runs from now on; if it does already, that changes nothing. */
  start() {
    this.#timer ??= this.#schedule();
  }

  stop() {
    this.#environment.clearTimeout(this.#timer);
    this.#timer = null;
  }

  #schedule() {
    return this.#environment.setTimeout(() => void this.#read(), INTERVAL_MS);
  }

  async #read() {
    const timer = this.#timer;
    const connection = this.#connection();
    // A report that cannot be read this second may be readable in the next.
    const statistics = await connection?.statistics().catch(() => null);
    if (timer !== this.#timer) return;
    this.#timer = this.#schedule();
    if (statistics && connection === this.#connection()) this.#onStatistics(statistics);
  }
}
