import { HoldfastError } from './errors.js';
import { MediaWatch } from './media-watch.js';

/** @typedef {import('./environment.js').Environment} Environment */
/** @typedef {import('./connection.js').Connection} Connection */

/** While all is well, a look now and then is enough to notice its end in time. */
const EASY_INTERVAL_MS = 250;
/** While nothing comes, its return is noticed quickly. Browsers renew their statistics every 50 ms. */
const ALERT_INTERVAL_MS = 100;
const EAGER_INTERVAL_MS = 50;

/**
 * What a monitor tells. Each look at the connection tells one of them, and only of the connection watched now.
 * @typedef {object} MonitorObserver
 * @property {() => void} onFlowing media came since the last look
 * @property {(since: number) => void} onSilent nothing came for a second; the last media came at `since`
 * @property {() => void} onLook something was looked at, with neither result
 */

/** Watches whether media flows over a connection. It does not wait for the browser to notice, which takes it several seconds. */
export class Monitor {
  #environment;
  #observer;
  /** @type {Connection | null} */
  #connection = null;
  #watch = new MediaWatch(0);
  #alert = false;
  /** @type {unknown} */
  #timer = null;

  /**
   * @param {Environment} environment
   * @param {MonitorObserver} observer
   */
  constructor(environment, observer) {
    this.#environment = environment;
    this.#observer = observer;
  }

  /** When the last media arrived. */
  get lastArrival() {
    return this.#watch.lastArrival;
  }

  /** @param {Connection} connection that media is expected from now on */
  start(connection) {
    this.stop();
    this.#connection = connection;
    this.#watch = new MediaWatch(this.#environment.now());
    this.#alert = false;
    this.#schedule();
  }

  stop() {
    this.#environment.clearTimeout(this.#timer);
    this.#connection = null;
  }

  #schedule() {
    this.#timer = this.#environment.setTimeout(() => void this.#look(), this.#alert ? ALERT_INTERVAL_MS : EASY_INTERVAL_MS);
  }

  async #look() {
    const connection = this.#connection;
    if (!connection) return;
    const counts = await connection.counts().catch(() => null);
    if (connection !== this.#connection) return;
    const verdict = counts ? this.#watch.sample(this.#environment.now(), counts) : 'unknown';
    if (verdict !== 'unknown') this.#alert = verdict === 'silent';
    this.#schedule();
    if (verdict === 'flowing') this.#observer.onFlowing();
    else if (verdict === 'silent') this.#observer.onSilent(this.#watch.lastArrival);
    else this.#observer.onLook();
  }
}

/**
 * Waits until media really arrives over a connection.
 * @param {Connection} connection
 * @param {Environment} environment
 * @param {AbortSignal} signal ends the waiting; the promise then stays open
 * @returns {Promise<void>} rejected with a `HoldfastError` where the browser gives the connection up
 */
export function mediaOf(connection, environment, signal) {
  const watch = new MediaWatch(environment.now());
  return new Promise((resolve, reject) => {
    const look = async () => {
      if (signal.aborted) return;
      const counts = await connection.counts().catch(() => null);
      if (signal.aborted) return;
      if (connection.isDead) {
        reject(new HoldfastError('unreachable', 'The browser has given the connection up.'));
        return;
      }
      if (counts && watch.sample(environment.now(), counts) === 'flowing') resolve();
      else environment.setTimeout(() => void look(), EAGER_INTERVAL_MS);
    };
    void look();
  });
}
