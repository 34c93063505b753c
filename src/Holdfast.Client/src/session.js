import { Asking } from './asking.js';
import { browserEnvironment } from './environment.js';
import { HoldfastError } from './errors.js';
import { SessionJournalEvent, SessionStateEvent, SessionStatisticsEvent, SessionStreamEvent } from './events.js';
import { Exchange } from './exchange.js';
import { LateMicrophone } from './late-microphone.js';
import { Lifeline } from './lifeline.js';
import { Link } from './link.js';
import { narrate } from './narrate.js';
import { Opening } from './opening.js';
import { Ownership } from './ownership.js';
import { Recovery } from './recovery.js';
import { SessionApi } from './session-api.js';
import { canReconnect, initialState, isAway, isElsewhere, isLive, reduce, remainingMs } from './state.js';

/** @typedef {import('./environment.js').Environment} Environment */
/** @typedef {import('./policy.js').Policy} Policy */
/** @typedef {import('./session-api.js').GapPolicy} GapPolicy */
/** @typedef {import('./state.js').SessionState} SessionState */
/** @typedef {import('./state.js').SessionAction} SessionAction */

/**
 * A live session with an avatar, which outlives its connection. Fires `statechange`, `stream` and `statistics`.
 *
 * It closes nothing by itself: a connection that breaks is shown in `state`, and the person, or the policy chosen for them,
 * decides when to reconnect. Nothing that HTTP does ends it while media flows. Also fires `outbox`, `journal`, `microphone` and `displaced`.
 */
export class HoldfastSession extends EventTarget {
  #environment;
  #api;
  #opening;
  #recovery;
  #lifeline;
  /** @type {SessionState} */
  #state = initialState;
  #link;
  #exchange;
  #ownership;
  #asking;
  #microphone;

  /**
   * @param {object} [options]
   * @param {string} [options.baseUrl] of the server; the page's own origin by default
   * @param {import('./session-api.js').Authorization} [options.authorization] a ticket, or a token of the app's login
   * @param {RTCConfiguration} [options.rtcConfiguration] for the browser's connection; no STUN or TURN server is needed
   * @param {Policy} [options.policy] who decides that the session comes back; `manual` by default: the person
   * @param {Environment} [options.environment] what is taken from the browser
   */
  constructor(options = {}) {
    super();
    const environment = (this.#environment = options.environment ?? browserEnvironment());
    const baseUrl = options.baseUrl ?? '';
    this.#api = new SessionApi(environment, baseUrl, options.authorization);
    const core = this.#core();
    this.#opening = new Opening(environment, this.#api, core);
    this.#recovery = new Recovery(environment, this.#api, core);
    this.#recovery.policy = options.policy ?? 'manual';
    this.#lifeline = new Lifeline(environment, this.#api, baseUrl, core);
    this.#ownership = new Ownership(environment, this.#lifeline, core);
    this.#asking = new Asking(this.#lifeline, this.#ownership, core);
    this.#link = new Link(environment, options.rtcConfiguration ?? {}, {
      onTransport: (state) => this.#onTransport(state),
      onStream: (stream) => void this.dispatchEvent(new SessionStreamEvent(stream)),
      onStatistics: (statistics) => void this.dispatchEvent(new SessionStatisticsEvent(statistics)),
    });
    this.#exchange = new Exchange(environment, this.#api, core);
    this.#microphone = new LateMicrophone(environment, this.#api, core);
  }

  /** Where the session stands. */
  get state() {
    return this.#state;
  }

  /** The avatar's sound and pictures, while there are any. */
  get stream() {
    return this.#link.stream;
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
   * @param {{ avatar?: string, graceSeconds?: number, gapPolicy?: GapPolicy, answersToId?: boolean }} [options]
   * @returns {Promise<void>} fulfilled once connected; rejected with a `HoldfastError`, which `state` carries too
   */
  start(options = {}) {
    if (this.#opening.promise) return this.#opening.promise;
    const before = this.#state;
    this.#dispatch({ type: 'start', at: this.#environment.now() });
    if (this.#state === before) return Promise.resolve();

    const abandoned = isElsewhere(before) ? null : this.#lifeline.credentials;
    this.#release();
    void this.#opening.closeQuietly(abandoned);
    return this.#opening.begin(options);
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
    this.#exchange.outbox.restore(kept.unsent);
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

  /**
   * Takes back what another has taken: the session, from another tab of this browser (`held`, `elsewhere`), or its journal, from a
   * newer reader (after `displaced`).
   * @returns {Promise<void>} as of `reconnect`
   */
  takeBack() {
    if (isElsewhere(this.#state)) return this.reconnect();
    this.#exchange.takeBack();
    return Promise.resolve();
  }

  /** Whether the journal is read no more, because a newer reader took this one's place. */
  get isDisplaced() {
    return this.#exchange.isDisplaced;
  }

  /** Why there is sound and no picture; null where there is one, or no connection. */
  get noPicture() {
    return this.#link.connection?.noPicture ?? null;
  }

  /** Ends the session, here and on the server. One that another tab has is only let go of here. */
  async stop() {
    const before = this.#state;
    this.#dispatch({ type: 'stop' });
    if (this.#state === before) return;
    const { attempt } = this.#state;
    const credentials = isElsewhere(before) ? null : this.#lifeline.credentials;
    this.#release();
    this.#exchange.outbox.abandon();
    this.#opening.settle(new HoldfastError('cancelled', 'The session was stopped.'));
    await this.#opening.closeQuietly(credentials);
    this.#dispatch({ type: 'stopped', attempt });
  }

  /**
   * What the person has said: with a connection it is sent at once; without one it waits, in order and over a reload, and can be
   * withdrawn. Fires `outbox` when anything in it changes.
   */
  get outbox() {
    return this.#exchange.outbox;
  }

  /**
   * Lets the avatar speak a text as it stands, after what it has still to say; or, with `mode: 'chat'`, asks it something. Rejected without
   * a connection: what should wait for one goes to the `outbox`.
   * @param {string} text
   * @param {{ mode?: import('./session-api.js').SayMode, interrupt?: boolean }} [more] `interrupt`: a question stops the answer that is being given
   * @returns {Promise<{ utteranceId?: string, questionId?: string }>}
   */
  say(text, more = {}) {
    return this.#asking.connected((credentials) => this.#api.say(credentials, text, more));
  }

  /**
   * The person's sound from now on: a track of `getUserMedia`, or null for none. It stays over every reconnect; while there is no connection it
   * goes with the next one. Stopping the track is the caller's.
   * @param {MediaStreamTrack | null} track
   * @returns {Promise<void>} fulfilled once the server knows
   */
  setMicrophone(track) {
    return this.#microphone.use(track);
  }

  /**
   * How the person wants to be heard, from now on and over every reconnect. With `pushToTalk`, `talking` says that the button is held; while it is not,
   * nothing is sent.
   * @param {{ mode: import('./session-api.js').ListeningMode, talking?: boolean }} wish
   * @returns {Promise<void>} fulfilled once the server knows, or at once while it cannot be told
   */
  listen(wish) {
    return this.#microphone.listen(wish);
  }

  /**
   * Loads what `setMicrophone` and `listen` need, which is otherwise loaded when they are first called: so that nobody has to wait, or to have a
   * network, when they want to speak.
   * @returns {Promise<void>} rejected where it cannot be loaded; then it may be asked again
   */
  async prepareMicrophone() {
    await this.#microphone.get();
  }

  /** What becomes of what the person says while the connection is lost. Fires `microphone` when it changes. */
  get keeping() {
    return this.#microphone.keeping;
  }

  /** How loud the person is, 0 to 1 of full scale; 0 without a microphone. */
  get microphoneLevel() {
    return this.#microphone.level;
  }

  /** The person's sound that is sent, or will be; null: none. */
  get microphone() {
    return this.#link.microphone;
  }

  /**
   * Another face from the next picture on, another voice, speed or pitch from the next sentence on; also while the session is held.
   * @param {import('./session-api.js').Wishes} wishes what is left out stays
   * @returns {Promise<import('./session-api.js').SessionView>}
   */
  adjust(wishes) {
    return this.#asking.any((credentials) => this.#api.adjust(credentials, wishes));
  }

  /**
   * How large the pictures are seen, in pixels of the screen: the server sends the smallest size that covers it, where there is room for it. It is
   * known over every reconnect.
   * @param {{ width: number, height: number }} size whole numbers, 1 to 16,384
   * @returns {Promise<void>}
   */
  fitStage(size) {
    return this.#asking.connected((credentials) => this.#api.fitStage(credentials, size));
  }

  /**
   * Another model from the next question on.
   * @param {string} name one that `api.models()` lists
   * @returns {Promise<void>}
   */
  chooseModel(name) {
    return this.#asking.any((credentials) => this.#api.chooseModel(credentials, name));
  }

  /**
   * Stops what is being said and forgets what was to be said; what waits in the outbox is not sent by itself any more.
   * @returns {Promise<{ stopped: number }>}
   */
  async interrupt() {
    const stopped = await this.#asking.connected((credentials) => this.#api.interrupt(credentials));
    this.#exchange.outbox.abandon();
    return stopped;
  }

  /**
   * What the server knows of the session: who is seen and heard, what is being said, how the conversation stands.
   * @returns {Promise<import('./session-api.js').SessionView>}
   */
  describe() {
    return this.#asking.any((credentials) => this.#api.get(credentials));
  }

  /**
   * Pulls the plug: every packet of this session is lost for a while, to see what then happens. Only in Development.
   * @param {number} seconds 1 to 120
   * @returns {Promise<void>}
   */
  outage(seconds) {
    return this.#asking.any((credentials) => this.#api.outage(credentials, seconds));
  }

  /** The RTP timestamp of the sound that is being played, to show words in time with it; null where the browser does not say. */
  get playedTimestamp() {
    return this.#link.connection?.played?.rtpTimestamp ?? null;
  }

  /** The browser's full statistics report of the connection, or null without one. */
  async getStats() {
    return (await this.#link.connection?.report()) ?? null;
  }

  /** @param {RTCPeerConnectionState} state */
  #onTransport(state) {
    const at = this.#environment.now();
    // The packets know better: what still plays is not interrupted.
    if (state === 'disconnected' && this.#lifeline.isFlowing) return;
    this.#dispatch({ type: 'transport', attempt: this.#state.attempt, at, state });
  }

  /**
   * The session as its parts need it.
   * @returns {import('./opening.js').Opener & import('./recovery.js').Patient & import('./lifeline.js').Holder & import('./exchange.js').Speaker & import('./microphone.js').Listened}
   */
  #core() {
    const session = this;
    return {
      get state() {
        return session.#state;
      },
      get connection() {
        return session.#link.connection;
      },
      get link() {
        return session.#link;
      },
      get credentials() {
        return /** @type {import('./lifeline.js').TabCredentials} */ (session.#lifeline.credentials);
      },
      get policy() {
        return session.#recovery.policy;
      },
      dispatch: (action) => this.#dispatch(action),
      makeConnection: () => this.#link.make(),
      useConnection: () => this.#link.use(),
      take: (created) => this.#lifeline.take(created, created.heartbeatSeconds * 1_000),
      adopt: (connection, resumeToken) => this.#adopt(connection, resumeToken),
      claim: () => this.#ownership.takeOver(),
      noteIfOver: (thrown) => this.#ownership.noteIfOver(thrown),
      onHint: (hint) => this.#recovery.consider(hint),
      onAnswered: () => this.#exchange.onAnswered(),
      get isWorthIt() {
        return session.#lifeline.isWorthIt;
      },
      say: (text, more) => this.#asking.connected((credentials) => this.#api.say(credentials, text, more)),
      onOutbox: () => {
        this.#lifeline.keepUnsent(this.#exchange.outbox.unsent);
        this.dispatchEvent(new Event('outbox'));
      },
      ask: (call) => this.#asking.connected(call),
      onMicrophone: () => void this.dispatchEvent(new Event('microphone')),
      onEntry: (entry) => this.#onEntry(entry),
      onDisplaced: () => void this.dispatchEvent(new Event('displaced')),
      onEnd: (end) => this.#dispatch({ type: 'over', ...end }),
      onDoubt: () => this.#lifeline.ask(),
    };
  }

  /**
   * @param {import('./connection.js').Connection} connection
   * @param {string} resumeToken
   */
  #adopt(connection, resumeToken) {
    this.#lifeline.renew(resumeToken);
    this.#link.adopt(connection);
    this.#exchange.renew();
    this.#lifeline.watch(connection);
  }

  /** Sound and pictures flow; what may be missing is the server's answer to heartbeats. */
  async #askForAnswer() {
    await this.#lifeline.beat();
    if (canReconnect(this.#state)) throw new HoldfastError('network', 'The server cannot be reached.');
  }

  /** Another tab has the session: what this one has of it ends here, but not the memory of it. */
  #letGo() {
    this.#recovery.reset();
    this.#exchange.rest();
    this.#lifeline.letGo();
    this.#link.close();
  }

  /** Lets go of everything local that belongs to a session. */
  #release() {
    this.#exchange.release();
    this.#recovery.reset();
    this.#lifeline.release();
    this.#link.close();
  }

  /** @param {import('./journal.js').JournalEntry} entry */
  #onEntry(entry) {
    // A stop that this connection has seen the end of is history, as a page reads it that was loaded later.
    const { connection } = this.#link;
    if (isServerStop(entry) && connection && entry.data.generation >= connection.firstGeneration) {
      connection.giveUp();
      this.#dispatch({ type: 'restarting', at: this.#environment.now() });
      this.#lifeline.pace();
    }
    this.#microphone.note(entry);
    this.dispatchEvent(new SessionJournalEvent(entry));
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
    if (isElsewhere(state) && !isElsewhere(previous)) this.#letGo();
    if (isAway(this.#state)) this.#lifeline.watchExpiry(this.#state.expiresAt);
    this.#microphone.follow(state, previous);
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
        this.#link.connection?.takeBack();
        this.#recovery.reset();
        if (previous.status === 'starting' && this.#link.connection) this.#lifeline.watch(this.#link.connection);
        this.#link.measure();
        this.#exchange.open();
        this.#opening.settle(null);
        break;
      case 'interrupted':
      case 'held':
        this.#exchange.outbox.close();
        this.#recovery.consider(null);
        break;
      case 'ended':
        if (previous.status !== 'stopping') this.#release();
        break;
      case 'error': {
        // A start that did not work, and the session the server may have made for it.
        const { credentials } = this.#lifeline;
        this.#release();
        this.#opening.settle(state.error);
        void this.#opening.closeQuietly(credentials);
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

/**
 * Whether the server says that it stops, and keeps the session.
 * @param {import('./journal.js').JournalEntry} entry
 */
function isServerStop({ kind, data }) {
  return kind === 'state' && data?.reason === 'serverStopping' && data.to === 'held';
}
