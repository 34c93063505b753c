import { Claim } from './claim.js';
import { HoldfastError } from './errors.js';
import { EAGER_BEAT_MS, Heart, RESTART_BEAT_MS } from './heart.js';
import { Keepsake } from './keepsake.js';
import { MediaWatch } from './media-watch.js';
import { Monitor } from './monitor.js';
import { nameFrom } from './names.js';
import { isAway, isElsewhere, isKept, isPointless } from './states.js';

/** @typedef {import('./connection.js').Connection} Connection */
/** @typedef {import('./environment.js').Environment} Environment */
/** @typedef {import('./keepsake.js').Kept} Kept */
/** @typedef {import('./policy.js').Hint} Hint */
/** @typedef {import('./policy.js').Policy} Policy */
/** @typedef {import('./session-api.js').SessionApi} SessionApi */
/** @typedef {import('./session-api.js').SessionCredentials} SessionCredentials */
/** @typedef {import('./session-api.js').Vitals} Vitals */
/** @typedef {import('./state.js').SessionAction} SessionAction */
/** @typedef {import('./state.js').SessionState} SessionState */

/** A little after the end, so that a clock that is a bit ahead does not ask too early. */
const EXPIRY_MARGIN_MS = 300;
/** Another tab that takes the session over tells the server so a moment after its connection replaced this one's. */
const CLOSED_MARGIN_MS = 500;
const STOPPING_PAUSE_MS = 1_000;

/** @typedef {SessionCredentials & { client: string }} TabCredentials */

/**
 * The session as its lifeline needs it.
 * @typedef {object} Holder
 * @property {SessionState} state
 * @property {Connection | null} connection
 * @property {Policy} policy
 * @property {(action: SessionAction) => void} dispatch
 * @property {(thrown: unknown) => boolean} noteIfOver whether the session is over, by this error
 * @property {(hint: Hint) => void} onHint something speaks for the network
 * @property {() => void} onAnswered the server has answered, for this session
 */

/**
 * What ties this client to a session that exists: its credentials, the heartbeats, the watch over the packets, the memory of
 * the tab, and the claim among the tabs.
 */
export class Lifeline {
  #environment;
  #holder;
  #heart;
  #monitor;
  #claim;
  #keepsake;
  #heartbeatMs = 20_000;
  /** @type {TabCredentials | null} */
  #credentials = null;
  /** What the person has said and the server has not taken yet. @type {readonly import('./outbox.js').Unsent[]} */
  #unsent = [];
  /** @type {unknown} */
  #expiryTimer = null;

  /**
   * @param {Environment} environment
   * @param {SessionApi} api
   * @param {string} baseUrl
   * @param {Holder} holder
   */
  constructor(environment, api, baseUrl, holder) {
    this.#environment = environment;
    this.#holder = holder;
    this.#claim = new Claim(environment, (sessionId) => this.#tokenOf(sessionId));
    this.#keepsake = new Keepsake(environment, baseUrl);
    this.#heart = new Heart(environment, {
      beat: () => (this.#credentials ? api.heartbeat(this.#credentials, this.#holder.connection?.played) : null),
      ask: () => (this.#credentials ? api.get(this.#credentials) : null),
      onAnswer: (vitals) => this.#onVitals(vitals),
      onFailure: (thrown, wasBeat) => this.#onFailure(thrown, wasBeat),
      isWorthIt: () => this.isWorthIt,
    });
    this.#monitor = new Monitor(environment, {
      onFlowing: () => holder.dispatch({ type: 'flowing', attempt: holder.state.attempt, at: environment.now() }),
      onSilent: (since) => {
        holder.dispatch({ type: 'silent', attempt: holder.state.attempt, at: environment.now(), since });
        holder.dispatch({ type: 'tick', at: environment.now() });
      },
      onLook: () => holder.dispatch({ type: 'tick', at: environment.now() }),
    });
    environment.watch((hint) => this.#onHint(hint));
  }

  /** What proves the session to the server; null without one. */
  get credentials() {
    return this.#credentials;
  }

  /** Whether media has arrived within the last second. */
  get isFlowing() {
    return this.#environment.now() - this.#monitor.lastArrival < MediaWatch.SILENT_AFTER_MS;
  }

  /** Whether there is anything to ask the server by itself: not what another tab has, nor what has long been over. */
  get isWorthIt() {
    const { state } = this.#holder;
    return !isElsewhere(state) && !isPointless(state, this.#environment.now());
  }

  /** A session that this tab had before it was reloaded, or crashed. */
  get remembered() {
    return this.#keepsake.load();
  }

  /**
   * The server has made a session. It becomes this tab's.
   * @param {SessionCredentials} created
   * @param {number} heartbeatMs
   */
  take(created, heartbeatMs) {
    this.#heartbeatMs = heartbeatMs;
    this.#credentials = { sessionId: created.sessionId, resumeToken: created.resumeToken, client: nameFrom(this.#environment.random) };
    void this.#claim.take(created.sessionId);
  }

  /**
   * Takes a remembered session up again.
   * @param {Kept} kept
   */
  takeUp({ sessionId, resumeToken, client }) {
    this.#credentials = { sessionId, resumeToken, client };
    this.#heart.start(this.#heartbeatMs);
  }

  /**
   * @param {number} sessionId
   * @param {{ takeOver?: boolean }} [options] `takeOver`: also from another tab
   * @returns {Promise<boolean>} false if another tab has it
   */
  claim(sessionId, options) {
    return this.#claim.take(sessionId, options);
  }

  /**
   * Asks the other tabs of this browser for the session: the token that one of them has it with counts from now on.
   * @returns {Promise<boolean>} whether one has it
   */
  async askTabs() {
    if (!this.#credentials) return false;
    const { sessionId } = this.#credentials;
    const token = await this.#claim.ask(sessionId, nameFrom(this.#environment.random));
    if (token === null || this.#credentials?.sessionId !== sessionId) return false;
    this.renew(token);
    return true;
  }

  /** Lets go of the connection's side of the session, and keeps the rest: another tab has it now. */
  letGo() {
    this.#environment.clearTimeout(this.#expiryTimer);
    this.#monitor.stop();
    this.#claim.release();
  }

  /** @param {readonly import('./outbox.js').Unsent[]} unsent is remembered with the session */
  keepUnsent(unsent) {
    this.#unsent = unsent;
    this.#keep();
  }

  /** @param {string} resumeToken takes the place of the one before */
  renew(resumeToken) {
    if (this.#credentials) this.#credentials = { ...this.#credentials, resumeToken };
  }

  /** @param {Connection} connection that media is expected of from now on */
  watch(connection) {
    this.#monitor.start(connection);
  }

  /** Asks the server for a sign, and gives one. Resolves when it was heard or not. */
  async beat() {
    await this.#heart.beatNow();
  }

  /** Asks the server whether the session is there; that is no sign of life. */
  ask() {
    this.#heart.askIn();
  }

  /** Follows the pace of the policy. */
  pace() {
    const { state, policy } = this.#holder;
    const isEager = policy !== 'manual' && isAway(state);
    const pace = isAway(state) && state.reason === 'restarting' ? RESTART_BEAT_MS : isEager ? EAGER_BEAT_MS : this.#heartbeatMs;
    this.#heart.pace(Math.min(pace, this.#heartbeatMs));
  }

  /**
   * What a state that was just entered means for it.
   * @param {SessionState} state
   * @param {SessionState} previous
   */
  onEntered(state, previous) {
    if (isElsewhere(state)) {
      this.#environment.clearTimeout(this.#expiryTimer);
    } else if (state.status === 'connected') {
      this.#environment.clearTimeout(this.#expiryTimer);
      this.#keep();
      if (previous.status === 'starting') this.#heart.start(this.#heartbeatMs);
      else void this.#heart.beatNow();
    } else if (state.status === 'interrupted' || state.status === 'held') {
      this.#heart.askIn(state.status === 'held' && state.reason === 'closed' ? CLOSED_MARGIN_MS : 0);
    }
    this.pace();
  }

  /** @param {number} expiresAt when the session's time is over, as far as is known: then the server is asked */
  watchExpiry(expiresAt) {
    this.#environment.clearTimeout(this.#expiryTimer);
    if (isElsewhere(this.#holder.state)) return;
    const wait = expiresAt - this.#environment.now() + EXPIRY_MARGIN_MS;
    // What is past was asked about; the heartbeats go on asking.
    if (wait > 0) this.#expiryTimer = this.#environment.setTimeout(() => this.#heart.askIn(), wait);
  }

  /** Lets go of the session. */
  release() {
    this.#environment.clearTimeout(this.#expiryTimer);
    this.#heart.stop();
    this.#monitor.stop();
    if (this.#credentials) this.#keepsake.forget(this.#credentials.sessionId);
    this.#credentials = null;
    this.#claim.release();
  }

  /** @param {Vitals} vitals */
  #onVitals({ generation, expiresInSeconds }) {
    const { state: before } = this.#holder;
    this.#holder.connection?.confirm(generation);
    this.#holder.dispatch({ type: 'answered', at: this.#environment.now(), leftMs: expiresInSeconds * 1_000 });
    this.#keep();
    this.pace();
    this.#holder.onAnswered();
    const isNews = 'missed' in before && before.missed > 0;
    if (isNews || (this.#holder.policy === 'assisted' && this.#holder.state.status === 'held')) this.#holder.onHint('answered');
  }

  /**
   * @param {unknown} thrown
   * @param {boolean} wasBeat
   */
  #onFailure(thrown, wasBeat) {
    if (thrown instanceof HoldfastError && thrown.code === 'restarting' && this.#isUndecided) {
      // A server that stops answers so until it is known what becomes of the session: the journal will say it, or nobody.
      this.#heart.askIn(STOPPING_PAUSE_MS);
      return;
    }
    if (!this.#holder.noteIfOver(thrown)) this.#holder.dispatch({ type: 'unanswered', at: this.#environment.now(), beat: wasBeat });
  }

  /** Whether nothing is known yet of what becomes of the session. */
  get #isUndecided() {
    const { state } = this.#holder;
    return isAway(state) && state.word === 'asking';
  }

  /** @param {number} sessionId @returns {string | null} what another tab is told: this one's own, if it is not another's already */
  #tokenOf(sessionId) {
    const { state } = this.#holder;
    const isMine = this.#credentials?.sessionId === sessionId && isKept(state) && !isElsewhere(state);
    return isMine && this.#credentials ? this.#credentials.resumeToken : null;
  }

  /** @param {'online' | 'offline' | 'visible' | 'hidden'} hint */
  #onHint(hint) {
    if (!isKept(this.#holder.state) || isElsewhere(this.#holder.state)) return;
    // A hidden page may never be seen again: the next one should know when this one was last in touch.
    if (hint === 'hidden') return this.#keep();
    void this.#heart.beatNow();
    if (hint !== 'offline') this.#holder.onHint(hint);
  }

  #keep() {
    const { state } = this.#holder;
    if (!this.#credentials || !isKept(state) || isElsewhere(state)) return;
    this.#keepsake.save({ ...this.#credentials, unsent: this.#unsent, graceMs: state.graceMs, seenAt: this.#environment.wallNow() });
  }
}
