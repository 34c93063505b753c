import { Connection } from './connection.js';
import { browserEnvironment } from './environment.js';
import { HoldfastError } from './errors.js';
import { SessionApi } from './session-api.js';
import { initialState, isLive, reduce } from './state.js';

/** @typedef {import('./environment.js').Environment} Environment */
/** @typedef {import('./session-api.js').SessionCredentials} SessionCredentials */
/** @typedef {import('./state.js').SessionState} SessionState */
/** @typedef {import('./state.js').SessionAction} SessionAction */
/** @typedef {import('./statistics.js').ConnectionStatistics} ConnectionStatistics */

/** How long the media path may take once the server has answered; the server gives up after the same time. */
const CONNECT_TIMEOUT_MS = 15_000;
const STATISTICS_INTERVAL_MS = 1_000;

/** `statechange`: the session's state has changed. */
export class SessionStateEvent extends Event {
  /**
   * @param {SessionState} state
   * @param {SessionState} previous
   */
  constructor(state, previous) {
    super('statechange');
    /** @readonly */
    this.state = state;
    /** @readonly */
    this.previous = previous;
  }
}

/** `stream`: the avatar's sound and pictures are there, or (null) no more. */
export class SessionStreamEvent extends Event {
  /** @param {MediaStream | null} stream */
  constructor(stream) {
    super('stream');
    /** @readonly */
    this.stream = stream;
  }
}

/** `statistics`: once a second while there is a connection. */
export class SessionStatisticsEvent extends Event {
  /** @param {ConnectionStatistics} statistics */
  constructor(statistics) {
    super('statistics');
    /** @readonly */
    this.statistics = statistics;
  }
}

/**
 * A live session with an avatar. Fires `statechange`, `stream` and `statistics`.
 *
 * It closes nothing by itself: a connection that breaks is shown in `state`, and the caller decides.
 */
export class HoldfastSession extends EventTarget {
  #environment;
  #api;
  #configuration;
  /** @type {SessionState} */
  #state = initialState;
  /** @type {Connection | null} */
  #connection = null;
  /** @type {SessionCredentials | null} */
  #credentials = null;
  /** @type {MediaStream | null} */
  #stream = null;
  /** @type {{ promise: Promise<void>, resolve: () => void, reject: (error: HoldfastError) => void } | null} */
  #starting = null;
  /** @type {unknown} */
  #connectTimer = null;
  /** @type {unknown} */
  #statisticsTimer = null;

  /**
   * @param {object} [options]
   * @param {string} [options.baseUrl] of the server; the page's own origin by default
   * @param {RTCConfiguration} [options.rtcConfiguration] for the browser's connection; no STUN or TURN server is needed
   * @param {Environment} [options.environment] what is taken from the browser
   */
  constructor(options = {}) {
    super();
    this.#environment = options.environment ?? browserEnvironment();
    this.#api = new SessionApi(this.#environment, options.baseUrl);
    this.#configuration = options.rtcConfiguration ?? {};
  }

  /** Where the session stands. */
  get state() {
    return this.#state;
  }

  /** The avatar's sound and pictures, while there are any. */
  get stream() {
    return this.#stream;
  }

  /** The calls of the server that need no session. */
  get api() {
    return this.#api;
  }

  /**
   * Starts a new session. One that is interrupted or lost is let go for it; while one is starting or running this
   * changes nothing.
   * @param {{ avatar?: string }} [options]
   * @returns {Promise<void>} fulfilled once connected; rejected with a `HoldfastError`, which `state` carries too
   */
  start(options = {}) {
    if (this.#starting) return this.#starting.promise;
    const before = this.#state;
    this.#dispatch({ type: 'start', at: this.#environment.now() });
    if (this.#state === before) return Promise.resolve();

    const abandoned = this.#credentials;
    this.#release();
    if (abandoned) void this.#closeQuietly(abandoned);
    const starting = (this.#starting = deferred());
    // The state carries the error as well: a caller who looks there may ignore the promise.
    starting.promise.catch(() => {});
    void this.#connect(this.#state.attempt, options.avatar);
    return starting.promise;
  }

  /** Ends the session, here and on the server. */
  async stop() {
    const before = this.#state;
    this.#dispatch({ type: 'stop' });
    if (this.#state === before) return;
    const { attempt } = this.#state;
    const credentials = this.#credentials;
    this.#release();
    this.#settle(new HoldfastError('cancelled', 'The session was stopped.'));
    if (credentials) await this.#closeQuietly(credentials);
    this.#dispatch({ type: 'stopped', attempt });
  }

  /**
   * Lets the avatar speak a text as it stands, after what it has still to say.
   * @param {string} text
   * @returns {Promise<{ utteranceId: string }>}
   */
  say(text) {
    return this.#ask((credentials) => this.#api.say(credentials, text));
  }

  /**
   * Stops what is being said and forgets what was to be said.
   * @returns {Promise<{ stopped: number }>}
   */
  interrupt() {
    return this.#ask((credentials) => this.#api.interrupt(credentials));
  }

  /**
   * What the server is saying for this session.
   * @returns {Promise<{ speaking: boolean, queued: number }>} `queued`: utterances accepted and not ended
   */
  describe() {
    return this.#ask((credentials) => this.#api.get(credentials));
  }

  /** The browser's full statistics report of the connection, or null without one. */
  async getStats() {
    return this.#connection ? await this.#connection.report() : null;
  }

  /**
   * @param {number} attempt
   * @param {string | undefined} avatar
   */
  async #connect(attempt, avatar) {
    try {
      const connection = new Connection(this.#environment, this.#configuration, {
        onTransport: (state) => this.#onTransport(attempt, state),
        onStream: (stream) => this.#setStream(stream),
      });
      this.#connection = connection;
      const sdp = await connection.offer();
      if (!this.#isCurrent(attempt)) return;
      this.#dispatch({ type: 'offered', attempt, at: this.#environment.now() });
      const created = await this.#api.create(sdp, avatar);
      if (!this.#isCurrent(attempt)) {
        // Stopped meanwhile: the server made a session that nobody wants.
        void this.#closeQuietly(created);
        return;
      }

      this.#credentials = { sessionId: created.sessionId, resumeToken: created.resumeToken };
      this.#dispatch({ type: 'created', attempt, at: this.#environment.now(), sessionId: created.sessionId });
      this.#connectTimer = this.#environment.setTimeout(() => this.#fail(attempt, noPath()), CONNECT_TIMEOUT_MS);
      await connection.accept(created.answer);
    } catch (thrown) {
      this.#fail(attempt, HoldfastError.from(thrown, 'negotiation', 'The connection could not be set up.'));
    }
  }

  /**
   * @param {number} attempt
   * @param {RTCPeerConnectionState} state
   */
  #onTransport(attempt, state) {
    this.#dispatch({ type: 'transport', attempt, at: this.#environment.now(), state });
    if (this.#state.status === 'error') {
      this.#abandon(this.#state.error);
    } else if (this.#state.status === 'connected') {
      this.#environment.clearTimeout(this.#connectTimer);
      this.#settle(null);
      if (this.#statisticsTimer === null) this.#scheduleStatistics();
    } else if (this.#state.status === 'lost') {
      void this.#askWhetherItExists(attempt);
    }
  }

  /**
   * A lost connection says nothing about the session: only the server knows. An answer that does not come changes nothing.
   * @param {number} attempt
   */
  async #askWhetherItExists(attempt) {
    try {
      if (this.#credentials) await this.#api.get(this.#credentials);
    } catch (thrown) {
      this.#noteIfGone(attempt, thrown);
    }
  }

  /**
   * @template T
   * @param {(credentials: SessionCredentials) => Promise<T>} call
   * @returns {Promise<T>}
   */
  async #ask(call) {
    const { status, attempt } = this.#state;
    if (!this.#credentials || (status !== 'connected' && status !== 'interrupted')) {
      throw new HoldfastError('not-connected', 'There is no connected session.');
    }
    try {
      return await call(this.#credentials);
    } catch (thrown) {
      this.#noteIfGone(attempt, thrown);
      throw thrown;
    }
  }

  /**
   * @param {number} attempt
   * @param {unknown} thrown
   */
  #noteIfGone(attempt, thrown) {
    const gone = thrown instanceof HoldfastError && (thrown.code === 'gone' || thrown.code === 'unauthorized');
    if (!gone || !this.#isCurrent(attempt)) return;
    this.#release();
    this.#dispatch({ type: 'gone', attempt });
  }

  /**
   * @param {number} attempt
   * @param {HoldfastError} error
   */
  #fail(attempt, error) {
    if (!this.#isCurrent(attempt) || this.#state.status !== 'starting') return;
    this.#dispatch({ type: 'failed', attempt, error });
    this.#abandon(error);
  }

  /**
   * Lets a start go that did not work, and the session the server may have made for it.
   * @param {HoldfastError} error
   */
  #abandon(error) {
    const credentials = this.#credentials;
    this.#release();
    this.#settle(error);
    if (credentials) void this.#closeQuietly(credentials);
  }

  /** Lets go of everything local that belongs to a connection. */
  #release() {
    this.#environment.clearTimeout(this.#connectTimer);
    this.#environment.clearTimeout(this.#statisticsTimer);
    this.#statisticsTimer = null;
    this.#connection?.close();
    this.#connection = null;
    this.#credentials = null;
    this.#setStream(null);
  }

  /** @param {HoldfastError | null} error */
  #settle(error) {
    const starting = this.#starting;
    this.#starting = null;
    if (error) starting?.reject(error);
    else starting?.resolve();
  }

  /** @param {SessionCredentials} credentials */
  async #closeQuietly(credentials) {
    try {
      await this.#api.close(credentials);
    } catch {
      // The server ends an abandoned session by itself; there is nobody left to tell.
    }
  }

  #scheduleStatistics() {
    this.#statisticsTimer = this.#environment.setTimeout(() => void this.#readStatistics(), STATISTICS_INTERVAL_MS);
  }

  async #readStatistics() {
    const connection = this.#connection;
    if (!connection) return;
    try {
      const statistics = await connection.statistics();
      if (connection === this.#connection) this.dispatchEvent(new SessionStatisticsEvent(statistics));
    } catch {
      // A report that cannot be read this second may be readable in the next.
    }
    if (connection === this.#connection) this.#scheduleStatistics();
  }

  /** @param {number} attempt */
  #isCurrent(attempt) {
    return this.#state.attempt === attempt && isLive(this.#state);
  }

  /** @param {MediaStream | null} stream */
  #setStream(stream) {
    if (stream === this.#stream) return;
    this.#stream = stream;
    this.dispatchEvent(new SessionStreamEvent(stream));
  }

  /**
   * The only place where the state changes.
   * @param {SessionAction} action
   */
  #dispatch(action) {
    const previous = this.#state;
    this.#state = reduce(previous, action);
    if (this.#state !== previous) this.dispatchEvent(new SessionStateEvent(this.#state, previous));
  }
}

function noPath() {
  return new HoldfastError('unreachable', 'No media path to the server was found.');
}

/** @returns {{ promise: Promise<void>, resolve: () => void, reject: (error: HoldfastError) => void }} */
function deferred() {
  /** @type {() => void} */
  let resolve = () => {};
  /** @type {(error: HoldfastError) => void} */
  let reject = () => {};
  const promise = /** @type {Promise<void>} */ (
    new Promise((yes, no) => {
      resolve = () => yes(undefined);
      reject = no;
    })
  );
  return { promise, resolve, reject };
}
