import { Connection } from './connection.js';
import { HoldfastError } from './errors.js';
import { climb } from './ladder.js';
import { mediaOf } from './monitor.js';
import { nextRetryDelay } from './policy.js';
import { isAway, isElsewhere } from './states.js';

/** @typedef {import('./environment.js').Environment} Environment */
/** @typedef {import('./ladder.js').Rung} Rung */
/** @typedef {import('./policy.js').Hint} Hint */
/** @typedef {import('./policy.js').Policy} Policy */
/** @typedef {import('./session-api.js').SessionApi} SessionApi */
/** @typedef {import('./session-api.js').SessionCredentials} SessionCredentials */
/** @typedef {import('./state.js').Initiator} Initiator */
/** @typedef {import('./state.js').SessionAction} SessionAction */
/** @typedef {import('./state.js').SessionState} SessionState */

/** Refusals that only a server gives that has the session. */
const REFUSALS = new Set(['refused', 'contested', 'not-connected', 'busy']);

/**
 * The session as its recovery needs it.
 * @typedef {object} Patient
 * @property {SessionState} state
 * @property {Connection | null} connection
 * @property {SessionCredentials & { client: string }} credentials
 * @property {(action: SessionAction) => void} dispatch
 * @property {() => Connection} makeConnection a new one, which does not count yet
 * @property {(connection: Connection, resumeToken: string) => void} adopt from now on this connection counts
 * @property {() => Promise<void>} claim makes the session this tab's, and no other's
 * @property {(error: HoldfastError) => boolean} noteIfOver whether the session is over, by this error
 */

/** Brings a session back: climbs the ladder when it is asked, and by itself where the policy wants it. */
export class Recovery {
  #environment;
  #api;
  #patient;
  /** @type {{ promise: Promise<void>, abort: AbortController } | null} */
  #climbing = null;
  #tries = 0;
  /** Whether the server has answered since the climb began. */
  #wasHeard = false;
  /** @type {unknown} */
  #retryTimer = null;
  /** @type {Policy} */
  #policy = 'manual';

  /**
   * @param {Environment} environment
   * @param {SessionApi} api
   * @param {Patient} patient
   */
  constructor(environment, api, patient) {
    this.#environment = environment;
    this.#api = api;
    this.#patient = patient;
  }

  get policy() {
    return this.#policy;
  }

  set policy(policy) {
    this.#policy = policy;
    this.#cancelRetry();
    this.consider(null);
  }

  /**
   * Climbs the ladder. While that goes on, whoever asks again joins in.
   * @param {Initiator} by
   * @returns {Promise<void>} fulfilled when media arrives; rejected with a `HoldfastError`
   */
  reconnect(by) {
    if (this.#climbing) return this.#climbing.promise;
    this.#cancelRetry();
    const rungs = this.#rungs();
    this.#wasHeard = false;
    this.#patient.dispatch({ type: 'climb', at: this.#environment.now(), level: rungs[0].level, by });
    const abort = new AbortController();
    const promise = this.#climb(rungs, abort.signal);
    this.#climbing = { promise, abort };
    // What went wrong is in the state as well: a caller who looks there may ignore the promise.
    promise.catch(() => {});
    return promise;
  }

  /** The outage is over, or the session is. */
  reset() {
    this.#tries = 0;
    this.#cancelRetry();
    this.#climbing?.abort.abort();
    this.#climbing = null;
  }

  /**
   * Thinks about coming back without being asked.
   * @param {Hint | null} hint what has just spoken for the network
   */
  consider(hint) {
    const { state } = this.#patient;
    if (this.#climbing || !isAway(state) || isElsewhere(state)) return;
    // The policy's promise is: until the session expires. What speaks for the network is a reason to ask once more.
    if (hint === null && this.#environment.now() >= state.expiresAt) return;
    const delay = nextRetryDelay(this.#policy, { tries: this.#tries, hint }, this.#environment.random);
    if (delay === null || (this.#retryTimer !== null && hint === null)) return;
    this.#cancelRetry();
    this.#retryTimer = this.#environment.setTimeout(() => {
      this.#retryTimer = null;
      if (this.#climbing || !isAway(this.#patient.state)) return;
      this.#tries++;
      void this.reconnect('policy');
    }, delay);
  }

  #cancelRetry() {
    this.#environment.clearTimeout(this.#retryTimer);
    this.#retryTimer = null;
  }

  /**
   * @param {readonly Rung[]} rungs
   * @param {AbortSignal} signal
   */
  async #climb(rungs, signal) {
    const now = () => this.#environment.now();
    try {
      await this.#patient.claim();
      const level = await climb(rungs, this.#environment, (level) => this.#patient.dispatch({ type: 'rung', at: now(), level }), signal);
      if (signal.aborted) throw new HoldfastError('cancelled', 'Coming back was given up.');
      this.#climbing = null;
      this.#patient.dispatch({ type: 'climbed', at: now(), level, generation: this.#patient.connection?.generation ?? 0 });
    } catch (thrown) {
      const error = this.#honest(HoldfastError.from(thrown, 'negotiation', 'The connection could not be restored.'));
      // Whoever gave the climb up has changed the state already.
      if (!signal.aborted) {
        this.#climbing = null;
        if (!this.#patient.noteIfOver(error)) {
          this.#patient.dispatch({ type: 'fell', at: now(), error });
          this.consider(null);
        }
      }
      throw error;
    }
  }

  /** The ways that are open now, the cheapest first; the last always is. */
  #rungs() {
    const connection = this.#patient.connection;
    /** @type {Rung[]} */
    const rungs = [];
    if (connection?.canRestartAlone) {
      rungs.push({
        level: 1,
        climb: async (signal) => {
          await connection.restartAlone();
          await mediaOf(connection, this.#environment, signal);
        },
      });
    }
    if (connection?.canRestart) {
      rungs.push({ level: 2, climb: (signal) => this.#restartWithServer(connection, signal) });
    }
    rungs.push({ level: 3, climb: (signal) => this.#connectAnew(signal) });
    return rungs;
  }

  /**
   * @param {Connection} connection
   * @param {AbortSignal} signal
   */
  async #restartWithServer(connection, signal) {
    // It may have died while level 1 was tried.
    if (!connection.canRestart) throw new HoldfastError('unreachable', 'The browser has given the connection up.');
    const { credentials } = this.#patient;
    // What level 1 began may succeed while the server is being asked: media is media.
    const media = mediaOf(connection, this.#environment, signal);
    const asked = connection.restartWith((sdp) => this.#heard(this.#api.restart(credentials, sdp, { played: connection.played, signal })));
    await Promise.race([media, asked.then(() => media)]);
  }

  /**
   * Whoever answers so has the session, whether media arrives or not.
   * @template T
   * @param {Promise<T>} answer
   */
  async #heard(answer) {
    const heard = () => {
      this.#wasHeard = true;
      this.#patient.dispatch({ type: 'heard', at: this.#environment.now() });
    };
    try {
      const content = await answer;
      heard();
      return content;
    } catch (thrown) {
      if (thrown instanceof HoldfastError && REFUSALS.has(thrown.code)) heard();
      throw thrown;
    }
  }

  /**
   * That no media came says something about the network only where the server was heard.
   * @param {HoldfastError} error
   */
  #honest(error) {
    if (error.code !== 'unreachable' || this.#wasHeard) return error;
    return new HoldfastError('timeout', 'The server did not answer in time.', { cause: error });
  }

  /** @param {AbortSignal} signal */
  async #connectAnew(signal) {
    const { credentials } = this.#patient;
    const played = this.#patient.connection?.played;
    const connection = this.#patient.makeConnection();
    signal.addEventListener('abort', () => {
      if (this.#patient.connection !== connection) connection.close();
    });
    try {
      const sdp = await connection.offer();
      const created = await this.#heard(this.#api.reconnect(credentials, sdp, credentials.client, { played, signal }));
      await connection.accept(created.answer, created.ice, created.generation);
      await mediaOf(connection, this.#environment, signal);
      this.#patient.adopt(connection, created.resumeToken);
    } finally {
      if (this.#patient.connection !== connection) connection.close();
    }
  }
}
