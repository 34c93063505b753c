import { deferred } from './deferred.js';
import { HoldfastError, isUnheard } from './errors.js';
import { retryPause } from './policy.js';
import { isLive } from './state.js';

/** @typedef {import('./connection.js').Connection} Connection */
/** @typedef {import('./environment.js').Environment} Environment */
/** @typedef {import('./session-api.js').CreatedSession} CreatedSession */
/** @typedef {import('./session-api.js').SessionApi} SessionApi */
/** @typedef {import('./session-api.js').GapPolicy} GapPolicy */
/** @typedef {import('./session-api.js').SessionCredentials} SessionCredentials */
/** @typedef {import('./state.js').SessionAction} SessionAction */
/** @typedef {import('./state.js').SessionState} SessionState */

/** How long the media path may take once the server has answered; the server gives up after the same time. */
const CONNECT_TIMEOUT_MS = 15_000;

/** A session that nobody wants ends by itself, but only after its grace period: so often more it is asked for. */
const CLOSE_TRIES = 4;

/** @typedef {{ avatar?: string, graceSeconds?: number, gapPolicy?: GapPolicy, answersToId?: boolean }} Wishes */

/**
 * The session as its opening needs it.
 * @typedef {object} Opener
 * @property {SessionState} state
 * @property {(action: SessionAction) => void} dispatch
 * @property {() => Connection} useConnection a new one, which counts from now on
 * @property {(created: CreatedSession) => void} take the server has made a session
 */

/** Makes a new session with its first connection. */
export class Opening {
  #environment;
  #api;
  #opener;
  /** @type {import('./deferred.js').Deferred<void> | null} */
  #result = null;
  /** @type {unknown} */
  #timer = null;

  /**
   * @param {Environment} environment
   * @param {SessionApi} api
   * @param {Opener} opener
   */
  constructor(environment, api, opener) {
    this.#environment = environment;
    this.#api = api;
    this.#opener = opener;
  }

  /** What becomes of the opening that goes on; null while none does. */
  get promise() {
    return this.#result?.promise ?? null;
  }

  /**
   * @param {Wishes} wishes
   * @returns {Promise<void>} fulfilled once connected
   */
  begin(wishes) {
    /** @type {import('./deferred.js').Deferred<void>} */
    const result = (this.#result = deferred());
    // The state carries the error as well: a caller who looks there may ignore the promise.
    result.promise.catch(() => {});
    void this.#connect(this.#opener.state.attempt, wishes);
    return result.promise;
  }

  /** @param {HoldfastError | null} error null: it worked */
  settle(error) {
    this.#environment.clearTimeout(this.#timer);
    const result = this.#result;
    this.#result = null;
    if (error) result?.reject(error);
    else result?.resolve();
  }

  /**
   * Ends a session that nobody wants (any more). Where the server is not reached it is tried a few times more, and not waited for.
   * @param {SessionCredentials | null} credentials
   * @param {number} [tries] before
   * @returns {Promise<void>}
   */
  async closeQuietly(credentials, tries = 0) {
    try {
      if (credentials) await this.#api.close(credentials);
    } catch (thrown) {
      const wasHeard = thrown instanceof HoldfastError && !isUnheard(thrown) && thrown.code !== 'server';
      if (wasHeard || tries >= CLOSE_TRIES) return;
      this.#environment.setTimeout(() => void this.closeQuietly(credentials, tries + 1), retryPause(tries, this.#environment.random));
    }
  }

  /**
   * @param {number} attempt
   * @param {Wishes} wishes
   */
  async #connect(attempt, wishes) {
    const { dispatch, useConnection, take } = this.#opener;
    const now = () => this.#environment.now();
    try {
      const connection = useConnection();
      const sdp = await connection.offer();
      if (!this.#isCurrent(attempt)) return;
      dispatch({ type: 'offered', attempt, at: now() });
      const created = await this.#api.create(sdp, wishes);
      if (!this.#isCurrent(attempt)) {
        // Stopped meanwhile: the server made a session for nobody.
        void this.closeQuietly(created);
        return;
      }

      const { sessionId, generation, graceSeconds } = created;
      take(created);
      dispatch({ type: 'created', attempt, at: now(), sessionId, generation, graceMs: graceSeconds * 1_000 });
      const noPath = new HoldfastError('unreachable', 'No media path to the server was found.');
      this.#timer = this.#environment.setTimeout(() => this.#fail(attempt, noPath), CONNECT_TIMEOUT_MS);
      await connection.accept(created.answer, created.ice, generation);
    } catch (thrown) {
      this.#fail(attempt, HoldfastError.from(thrown, 'negotiation', 'The connection could not be set up.'));
    }
  }

  /**
   * @param {number} attempt
   * @param {HoldfastError} error
   */
  #fail(attempt, error) {
    if (this.#isCurrent(attempt) && this.#opener.state.status === 'starting') this.#opener.dispatch({ type: 'failed', attempt, error });
  }

  /** @param {number} attempt */
  #isCurrent(attempt) {
    const { state } = this.#opener;
    return state.attempt === attempt && isLive(state);
  }
}
