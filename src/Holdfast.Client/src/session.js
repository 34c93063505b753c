import { Connection } from './connection.js';
import { deferred } from './deferred.js';
import { browserEnvironment } from './environment.js';
import { endReasonOf } from './ending.js';
import { HoldfastError } from './errors.js';
import { SessionStateEvent, SessionStatisticsEvent, SessionStreamEvent } from './events.js';
import { Lifeline } from './lifeline.js';
import { narrate } from './narrate.js';
import { Recovery } from './recovery.js';
import { SessionApi } from './session-api.js';
import { canReconnect, initialState, isAway, isKept, isLive, reduce, remainingMs } from './state.js';

/** @typedef {import('./environment.js').Environment} Environment */
/** @typedef {import('./policy.js').Policy} Policy */
/** @typedef {import('./session-api.js').SessionCredentials} SessionCredentials */
/** @typedef {import('./state.js').SessionState} SessionState */
/** @typedef {import('./state.js').SessionAction} SessionAction */

/** How long the media path may take once the server has answered; the server gives up after the same time. */
const CONNECT_TIMEOUT_MS = 15_000;
const STATISTICS_INTERVAL_MS = 1_000;
/**
 * A live session with an avatar, which outlives its connection. Fires `statechange`, `stream` and `statistics`.
 *
 * It closes nothing by itself: a connection that breaks is shown in `state`, and the person, or the policy chosen for them,
 * decides when to reconnect.
 */
export class HoldfastSession extends EventTarget {
  #environment;
  #api;
  #configuration;
  #recovery;
  #lifeline;
  /** @type {SessionState} */
  #state = initialState;
  /** @type {Connection | null} */
  #connection = null;
  /** @type {MediaStream | null} */
  #stream = null;
  /** @type {import('./deferred.js').Deferred<void> | null} */
  #starting = null;
  /** @type {unknown} */
  #connectTimer = null;
  /** @type {unknown} */
  #statisticsTimer = null;

  /**
   * @param {object} [options]
   * @param {string} [options.baseUrl] of the server; the page's own origin by default
   * @param {RTCConfiguration} [options.rtcConfiguration] for the browser's connection; no STUN or TURN server is needed
   * @param {Policy} [options.policy] who decides that the session comes back; `manual` by default: the person
   * @param {Environment} [options.environment] what is taken from the browser
   */
  constructor(options = {}) {
    super();
    const environment = (this.#environment = options.environment ?? browserEnvironment());
    const baseUrl = options.baseUrl ?? '';
    this.#api = new SessionApi(environment, baseUrl);
    this.#configuration = options.rtcConfiguration ?? {};
    this.#recovery = new Recovery(environment, this.#api, this.#patient());
    this.#recovery.policy = options.policy ?? 'manual';
    this.#lifeline = new Lifeline(environment, this.#api, baseUrl, this.#holder());
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

  /** Who decides that the session comes back. */
  get policy() {
    return this.#recovery.policy;
  }

  set policy(policy) {
    this.#recovery.policy = policy;
    this.#lifeline.pace();
  }

  /** The clock of the times in `state`, in milliseconds. */
  now() {
    return this.#environment.now();
  }

  /** How long the server still keeps a session that is away, in milliseconds; null while that is not the question. */
  get remainingMs() {
    return remainingMs(this.#state, this.#environment.now());
  }

  /**
   * Starts a new session. One that is away is let go for it; while one is starting or running this changes nothing.
   * @param {{ avatar?: string, graceSeconds?: number }} [options]
   * @returns {Promise<void>} fulfilled once connected; rejected with a `HoldfastError`, which `state` carries too
   */
  start(options = {}) {
    if (this.#starting) return this.#starting.promise;
    const before = this.#state;
    this.#dispatch({ type: 'start', at: this.#environment.now() });
    if (this.#state === before) return Promise.resolve();

    // What another tab has is not this one's to end.
    const abandoned = before.status === 'held' && before.reason === 'elsewhere' ? null : this.#lifeline.credentials;
    this.#release();
    if (abandoned) void this.#closeQuietly(abandoned);
    /** @type {import('./deferred.js').Deferred<void>} */
    const starting = (this.#starting = deferred());
    // The state carries the error as well: a caller who looks there may ignore the promise.
    starting.promise.catch(() => {});
    void this.#connect(this.#state.attempt, options);
    return starting.promise;
  }

  /**
   * Looks for a session that this tab had before it was reloaded, or crashed, and comes back with it.
   * @returns {Promise<'none' | 'resuming' | 'elsewhere'>} `elsewhere`: another tab has it. Then nothing is done until
   * `reconnect`, which takes it over, or `start`.
   */
  async resume() {
    const kept = this.#lifeline.remembered;
    if (!kept || isLive(this.#state)) return 'none';
    const { sessionId, graceMs, seenAt } = kept;
    const isFree = await this.#lifeline.claim(sessionId);
    if (isLive(this.#state)) return 'none';
    const at = this.#environment.now();
    const since = at - Math.max(0, this.#environment.wallNow() - seenAt);
    this.#lifeline.takeUp(kept);
    this.#dispatch({ type: 'found', at, sessionId, graceMs, since, expiresAt: since + graceMs, elsewhere: !isFree });
    if (!isFree) return 'elsewhere';
    void this.#recovery.reconnect('reload');
    return 'resuming';
  }

  /**
   * Reconnects: by the cheapest way that works. Asked again while it goes on, it is the same attempt.
   * @returns {Promise<void>} fulfilled when sound and pictures arrive again; rejected with a `HoldfastError`, after which it
   * may be asked again, as long as `state` says that there is a session
   */
  reconnect() {
    const { status } = this.#state;
    if (status === 'interrupted' || status === 'held' || status === 'reconnecting') return this.#recovery.reconnect('person');
    // What went wrong is in the state as well: a caller who looks there may ignore the promise.
    const asked = status === 'connected' ? this.#askForAnswer() : Promise.reject(new HoldfastError('not-connected', 'There is no session to reconnect to.'));
    asked.catch(() => {});
    return asked;
  }

  /** Ends the session, here and on the server. */
  async stop() {
    const before = this.#state;
    this.#dispatch({ type: 'stop' });
    if (this.#state === before) return;
    const { attempt } = this.#state;
    const { credentials } = this.#lifeline;
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

  /**
   * Pulls the plug: every packet of this session is lost for a while, to see what then happens. Only in Development.
   * @param {number} seconds 1 to 120
   * @returns {Promise<void>}
   */
  async outage(seconds) {
    const { credentials } = this.#lifeline;
    if (!credentials) throw new HoldfastError('not-connected', 'There is no session.');
    await this.#api.outage(credentials, seconds);
  }

  /** The browser's full statistics report of the connection, or null without one. */
  async getStats() {
    return this.#connection ? await this.#connection.report() : null;
  }

  /**
   * @param {number} attempt
   * @param {{ avatar?: string, graceSeconds?: number }} wishes
   */
  async #connect(attempt, wishes) {
    try {
      const connection = (this.#connection = this.#makeConnection());
      const sdp = await connection.offer();
      if (!this.#isCurrent(attempt)) return;
      this.#dispatch({ type: 'offered', attempt, at: this.#environment.now() });
      const created = await this.#api.create(sdp, wishes);
      if (!this.#isCurrent(attempt)) {
        // Stopped meanwhile: the server made a session that nobody wants.
        void this.#closeQuietly(created);
        return;
      }

      const { sessionId, generation, graceSeconds, heartbeatSeconds } = created;
      this.#lifeline.take(created, heartbeatSeconds * 1_000);
      this.#dispatch({ type: 'created', attempt, at: this.#environment.now(), sessionId, generation, graceMs: graceSeconds * 1_000 });
      this.#connectTimer = this.#environment.setTimeout(() => this.#fail(attempt, noPath()), CONNECT_TIMEOUT_MS);
      await connection.accept(created.answer, created.ice, generation);
    } catch (thrown) {
      this.#fail(attempt, HoldfastError.from(thrown, 'negotiation', 'The connection could not be set up.'));
    }
  }

  #makeConnection() {
    const connection = new Connection(this.#environment, this.#configuration, {
      onTransport: (state) => {
        if (connection === this.#connection) this.#onTransport(state);
      },
      onStream: (stream) => {
        if (connection === this.#connection) this.#setStream(stream);
      },
    });
    return connection;
  }

  /** @param {RTCPeerConnectionState} state */
  #onTransport(state) {
    const at = this.#environment.now();
    // The packets know better: what still plays is not interrupted.
    if (state === 'disconnected' && this.#lifeline.isFlowing) return;
    this.#dispatch({ type: 'transport', attempt: this.#state.attempt, at, state });
  }

  /** @returns {import('./recovery.js').Patient} */
  #patient() {
    const session = this;
    return {
      get state() {
        return session.#state;
      },
      get connection() {
        return session.#connection;
      },
      get credentials() {
        return /** @type {import('./lifeline.js').TabCredentials} */ (session.#lifeline.credentials);
      },
      dispatch: (action) => this.#dispatch(action),
      makeConnection: () => this.#makeConnection(),
      adopt: (connection, resumeToken) => this.#adopt(connection, resumeToken),
      claim: () => this.#takeOver(),
      noteIfOver: (error) => this.#noteIfOver(error),
    };
  }

  /**
   * @param {Connection} connection
   * @param {string} resumeToken
   */
  #adopt(connection, resumeToken) {
    const old = this.#connection;
    this.#connection = connection;
    old?.close();
    this.#lifeline.renew(resumeToken);
    if (connection.stream) this.#setStream(connection.stream);
    this.#lifeline.watch(connection);
  }

  async #takeOver() {
    const { state } = this;
    if (state.status === 'reconnecting' && state.reason === 'elsewhere') await this.#lifeline.claim(state.sessionId, { takeOver: true });
  }

  /** Sound and pictures flow; what may be missing is the server's answer to heartbeats. */
  async #askForAnswer() {
    await this.#lifeline.beat();
    if (canReconnect(this.#state)) throw new HoldfastError('network', 'The server cannot be reached.');
  }

  /** @returns {import('./lifeline.js').Holder} */
  #holder() {
    const session = this;
    return {
      get state() {
        return session.#state;
      },
      get connection() {
        return session.#connection;
      },
      get policy() {
        return session.#recovery.policy;
      },
      dispatch: (action) => this.#dispatch(action),
      noteIfOver: (thrown) => this.#noteIfOver(thrown),
      onHint: (hint) => this.#recovery.consider(hint),
    };
  }

  /**
   * @template T
   * @param {(credentials: SessionCredentials) => Promise<T>} call
   * @returns {Promise<T>}
   */
  async #ask(call) {
    const { status } = this.#state;
    const { credentials } = this.#lifeline;
    if (!credentials || (status !== 'connected' && status !== 'interrupted')) {
      throw new HoldfastError('not-connected', 'There is no connected session.');
    }
    try {
      return await call(credentials);
    } catch (thrown) {
      this.#noteIfOver(thrown);
      throw thrown;
    }
  }

  /**
   * Whether an error says that the session is over; if so, that is the state from now on.
   * @param {unknown} thrown
   */
  #noteIfOver(thrown) {
    if (!isKept(this.#state) || !(thrown instanceof HoldfastError)) return false;
    const expired = isAway(this.#state) && this.#environment.now() >= this.#state.expiresAt;
    const reason = endReasonOf(thrown, expired);
    if (reason === null) return false;
    this.#dispatch({ type: 'over', reason });
    return true;
  }

  /**
   * @param {number} attempt
   * @param {HoldfastError} error
   */
  #fail(attempt, error) {
    if (!this.#isCurrent(attempt) || this.#state.status !== 'starting') return;
    this.#dispatch({ type: 'failed', attempt, error });
  }

  /** Lets go of everything local that belongs to a session. */
  #release() {
    const { clearTimeout } = this.#environment;
    clearTimeout(this.#connectTimer);
    clearTimeout(this.#statisticsTimer);
    this.#statisticsTimer = null;
    this.#recovery.reset();
    this.#lifeline.release();
    this.#connection?.close();
    this.#connection = null;
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
    if (this.#connection) this.#scheduleStatistics();
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
    const state = (this.#state = reduce(previous, action));
    if (state === previous) return;
    const line = narrate(state, previous, this.#environment.now());
    if (line) this.#environment.log[state.status === 'error' ? 'warn' : 'info'](line);
    if (state.status !== previous.status) this.#enter(state, previous);
    if (isAway(this.#state)) this.#lifeline.watchExpiry(this.#state.expiresAt);
    this.dispatchEvent(new SessionStateEvent(state, previous));
  }

  /**
   * What a new state sets going.
   * @param {SessionState} state
   * @param {SessionState} previous
   */
  #enter(state, previous) {
    switch (state.status) {
      case 'connected':
        this.#environment.clearTimeout(this.#connectTimer);
        this.#recovery.reset();
        if (previous.status === 'starting' && this.#connection) this.#lifeline.watch(this.#connection);
        if (this.#statisticsTimer === null) this.#scheduleStatistics();
        this.#settle(null);
        break;
      case 'interrupted':
      case 'held':
        this.#recovery.consider(null);
        break;
      case 'ended':
        if (previous.status !== 'stopping') this.#release();
        break;
      case 'error': {
        // A start that did not work, and the session the server may have made for it.
        const { credentials } = this.#lifeline;
        this.#release();
        this.#settle(state.error);
        if (credentials) void this.#closeQuietly(credentials);
        break;
      }
      case 'idle':
      case 'starting':
      case 'reconnecting':
      case 'stopping':
        break;
    }
    this.#lifeline.onEntered(state, previous);
  }
}

function noPath() {
  return new HoldfastError('unreachable', 'No media path to the server was found.');
}
