import { HoldfastError } from '../errors.js';
import { SessionStateEvent, SessionStatisticsEvent, SessionStreamEvent } from '../events.js';
import { HoldfastSession } from '../session.js';
import { isAway, isLive } from '../state.js';
import { graceOf, policyOf, serverOf, volumeOf } from './attributes.js';
import { Face, clockOf } from './face.js';
import { Loudness } from './loudness.js';
import { Media } from './media.js';
import { errorText, languageOf, texts } from './texts.js';
import { append } from './timeline.js';
import { noticeOf, viewOf } from './view.js';
import { noticeText, sentences } from './wording.js';

/** @typedef {import('../session-api.js').Avatar} Avatar */
/** @typedef {import('./timeline.js').Segment} Segment */
/** @typedef {import('./view.js').View} View */
/** @typedef {{ spoken: string, coming: string, again?: readonly [number, number] | null }} Subtitle `again`: what of `spoken` is said a second time, from and to */

/** How often what changes by mere time is drawn: a countdown must not stutter, a timeline may. */
const AWAY_TICK_MS = 250;
const TURN_OVER = new Set(['started', 'interrupted', 'dropped', 'failed']);
const TICK_MS = 1_000;

/** Why a start fails that can be waited out. */
const FULL = new Set(['full']);
/** What may happen to one who waits already, and is over by itself. */
const PASSING = new Set(['full', 'network', 'timeout', 'restarting', 'busy']);

/**
 * A live digital human in one line of any page: `<holdfast-player avatar="lin"></holdfast-player>`.
 *
 * Attributes: `server`, `ticket`, `avatar`, `language`, `policy`, `grace`, `muted`, `volume`, `timeline` (docs/client.md).
 * Fires `statechange`, `stream` and `statistics` as its session does, `viewchange` when it shows something else, `volumechange`,
 * `level` (`detail`: `level` 0 to 1, `speaking`) while the avatar is heard, and `speechinterrupt` (`detail.stopped`: how many utterances).
 *
 * When it is added to a page it comes back with the session that this tab had. When it is removed from the page for good,
 * the session is stopped; a page that is merely left ends nothing.
 */
export class HoldfastPlayer extends HTMLElement {
  static observedAttributes = ['server', 'ticket', 'avatar', 'language', 'policy', 'grace', 'muted', 'volume', 'timeline'];

  /**
   * Who calls, where the app has a login of its own; goes before the attribute `ticket`.
   * @type {import('../session-api.js').Authorization}
   */
  authorization = null;

  /** @type {RTCConfiguration} */
  #rtcConfiguration = {};
  #root = this.attachShadow({ mode: 'open' });
  #face = new Face(this.#root);
  #media = new Media(this.#root, (level, speaking) => this.#tell('level', { level, speaking }));
  #loudness = new Loudness(this.#root, (value) => this.#setLoudness(value));
  /** @type {HoldfastSession | null} */
  #session = null;
  /** @type {Promise<{ avatars: Avatar[], default: string }> | null} */
  #avatars = null;
  /** @type {readonly Segment[]} */
  #segments = [];
  /** @type {View} */
  #view = viewOf({ status: 'idle', attempt: 0 });
  #place = '';
  /** Whether a full server is asked again, and when. @type {number | null} */
  #waitsUntil = null;
  /** @type {import('./face.js').PictureQuality} */
  #pictures = 'full';
  /** Whether what is to be said waits until others have spoken. */
  #waits = false;
  /** @type {import('./face.js').Activity} */
  #activity = null;
  /** @type {Subtitle} */
  #subtitle = { spoken: '', coming: '' };
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  constructor() {
    super();
    const quietly = (/** @type {Promise<unknown>} */ promise) => void promise.catch(() => {}); // The state carries it, and is shown.
    this.#face.onPress('start', () => {
      // Nobody has to sit before a full server and press again and again.
      if (this.#view.start === 'start.leave') this.#leave();
      else if (this.#view.start === 'start.wait') this.#wait(this.session.state);
      else quietly(this.start());
    });
    this.#face.onPress('anew', () => quietly(this.start()));
    this.#face.onPress('reconnect', () => quietly(this.reconnect()));
    this.#face.onPress('stop', () => quietly(this.stop()));
    this.#face.onPress('interrupt', () => void this.#interrupt());
  }

  /** The session; made when it is first asked for. */
  get session() {
    return (this.#session ??= this.#makeSession());
  }

  /** The element that shows the picture. It is muted: the sound has an element of its own. */
  get video() {
    return this.#media.video;
  }

  /** For `RTCPeerConnection`: of the next session. The server needs none, for it has one public port. */
  get rtcConfiguration() {
    return this.#rtcConfiguration;
  }

  set rtcConfiguration(configuration) {
    this.#rtcConfiguration = configuration;
    if (this.#session && !isLive(this.#session.state)) this.#session = null;
  }

  /** What is shown: `status`, `tone`, `scene`, and which buttons are there. */
  get view() {
    return this.#view;
  }

  /** A few words about the state, in the player's language, as for a pill in a page's header. */
  get statusText() {
    return this.#words[this.#view.status];
  }

  /** @returns {import('./texts.js').Language} */
  get language() {
    return languageOf(this.getAttribute('language') || document.documentElement.lang || navigator.language);
  }

  set language(language) {
    this.setAttribute('language', language);
  }

  get avatar() {
    return this.getAttribute('avatar') ?? '';
  }

  set avatar(name) {
    this.setAttribute('avatar', name);
  }

  get policy() {
    return policyOf(this.getAttribute('policy'));
  }

  set policy(policy) {
    this.setAttribute('policy', policy);
  }

  /** 0 to 1 */
  get volume() {
    return volumeOf(this.getAttribute('volume'));
  }

  set volume(volume) {
    this.setAttribute('volume', String(volume));
  }

  get muted() {
    return this.hasAttribute('muted');
  }

  set muted(muted) {
    this.toggleAttribute('muted', muted);
  }

  /**
   * The words under the picture: what is being said, or what of it was said already and what is coming; empty: none.
   * @returns {string | Subtitle}
   */
  get subtitle() {
    return this.#subtitle;
  }

  set subtitle(subtitle) {
    this.#subtitle = typeof subtitle === 'string' ? { spoken: subtitle, coming: '' } : subtitle;
    this.#face.subtitle(this.#subtitle);
  }

  /** Where speech stopped, in a few words: told while the session is held. Forgotten when it is back. */
  get place() {
    return this.#place;
  }

  set place(place) {
    this.#place = place;
    this.#render();
  }

  /**
   * What the avatar is doing, told in a corner of the stage while there is a connection: `hearing`, `thinking`, `speaking`, `listening`, or empty.
   * Null, as long as nobody sets it: the player tells by the sound whether somebody speaks.
   */
  get activity() {
    return this.#activity;
  }

  set activity(activity) {
    if (activity === this.#activity) return;
    this.#activity = activity;
    this.#render();
  }

  /** The server's avatars; asked for once. */
  avatars() {
    this.#avatars ??= this.session.api.avatars();
    this.#avatars.catch(() => (this.#avatars = null));
    return this.#avatars;
  }

  /**
   * Starts a new session. To be called from a click, so that the sound may play.
   * @param {{ avatar?: string, graceSeconds?: number, answersToId?: boolean }} [options] beside what the attributes say, and before it
   */
  start(options) {
    this.#media.unlock();
    return this.session.start({ avatar: this.avatar || undefined, graceSeconds: graceOf(this.getAttribute('grace')), ...options });
  }

  /** Reconnects, by the cheapest way that works. */
  reconnect() {
    this.#media.unlock();
    if (!isLive(this.session.state)) this.notify(this.#words['toast.nosession']);
    return this.session.reconnect();
  }

  /** Ends the session, here and on the server. */
  stop() {
    return this.session.stop();
  }

  /** @param {string} text shown for a moment, and read out */
  notify(text) {
    this.#face.notify(text);
  }

  /** @param {string} text read out by a screen reader, not shown; the player has the page's one live region */
  announce(text) {
    this.#face.announce(text);
  }

  connectedCallback() {
    const { session } = this;
    this.#render();
    this.#setVolume();
    void this.#showPreview();
    void session.resume().catch(() => {});
  }

  disconnectedCallback() {
    // One that is moved within the page is back at once. What another tab has is not this one's to end.
    queueMicrotask(() => {
      if (!this.isConnected && this.#view.title !== 'elsewhere.title') void this.#session?.stop();
    });
  }

  /**
   * @param {string} name
   * @param {string | null} before
   * @param {string | null} value
   */
  attributeChangedCallback(name, before, value) {
    if (before === value) return;
    if (name === 'server' && this.#session && !isLive(this.#session.state)) this.#session = this.#avatars = null;
    if (name === 'policy' && this.#session) this.#session.policy = this.policy;
    if (!this.isConnected) return;
    if (name === 'server' || name === 'avatar') void this.#showPreview();
    if (name === 'volume' || name === 'muted') this.#setVolume();
    this.#render();
  }

  get #words() {
    return texts[this.language];
  }

  #makeSession() {
    const session = new HoldfastSession({
      baseUrl: serverOf(this.getAttribute('server'), import.meta.url, document.baseURI),
      policy: this.policy,
      rtcConfiguration: this.#rtcConfiguration,
      authorization: () => (typeof this.authorization === 'function' ? this.authorization() : this.authorization) ?? this.getAttribute('ticket'),
    });
    session.addEventListener('statechange', (event) => {
      if (session === this.#session) this.#follow(/** @type {SessionStateEvent} */ (event));
    });
    session.addEventListener('journal', (event) => {
      const { kind, data } = /** @type {import('../events.js').SessionJournalEvent} */ (event).entry;
      if (session !== this.#session) return;
      if (kind === 'pictures') this.#pictures = data.quality;
      else if (kind === 'waits') {
        this.#waits = true;
        this.#face.announce(this.#words['line.waits']);
      } else if (this.#waits && TURN_OVER.has(kind)) this.#waits = false;
      else return;
      this.#render();
    });
    session.addEventListener('stream', (event) => {
      const { stream } = /** @type {SessionStreamEvent} */ (event);
      this.#media.play(stream);
      this.dispatchEvent(new SessionStreamEvent(stream));
    });
    session.addEventListener('statistics', (event) => this.dispatchEvent(new SessionStatisticsEvent(/** @type {SessionStatisticsEvent} */ (event).statistics)));
    return session;
  }

  /** @param {SessionStateEvent} event */
  #follow({ state, previous }) {
    this.#segments = append(this.#segments, state, previous, this.session.now());
    if (state.status === 'connected' || !isLive(state)) this.#place = '';
    if (!isLive(state) || state.status === 'starting') [this.#pictures, this.#waits] = ['full', false];
    if (this.#waitsUntil !== null && state.status !== 'starting') this.#waitsUntil = this.#nextAsking(state, PASSING);
    const notice = noticeOf(state, previous, this.policy);
    const before = this.#view;
    this.#render();
    // What a toast says is read out there, and the steps of a start are over before anybody has heard of them.
    const isAskingAgain = this.#waitsUntil !== null && state.status === 'starting';
    if (notice && !isAskingAgain) this.notify(noticeText(notice, this.#words));
    else if (before.title !== this.#view.title && state.status !== 'starting') this.#face.announce(sentences(this.#view, this.#words, { clock: clockOf(this.#moment()), now: this.session.now() }));
    this.dispatchEvent(new SessionStateEvent(state, previous));
  }

  #render() {
    const before = this.#view;
    const moment = this.#moment();
    this.#view = moment.view;
    this.dataset.scene = moment.view.scene;
    this.dataset.tone = moment.view.tone;
    this.#face.render(moment);
    this.#loudness.render({ volume: this.volume, muted: this.muted }, moment.words);
    this.#schedule();
    if (before.status !== moment.view.status || before.scene !== moment.view.scene) this.dispatchEvent(new Event('viewchange'));
  }

  /** @returns {import('./face.js').Moment} */
  #moment() {
    const { state } = this.session;
    const now = this.session.now();
    return {
      view: viewOf(state, { now, policy: this.policy, noPicture: this.session.noPicture, waitsUntil: this.#waitsUntil }),
      state,
      now,
      wallNow: Date.now(),
      segments: this.#segments,
      timeline: this.getAttribute('timeline') !== 'off',
      place: this.#place,
      activity: this.#activity,
      note: this.#waits ? 'waits' : this.#pictures,
      words: this.#words,
      language: this.language,
    };
  }

  #schedule() {
    clearTimeout(this.#timer);
    const { state } = this.session;
    if (!this.isConnected || (!isLive(state) && !this.#view.waiting)) return;
    this.#timer = setTimeout(() => this.#tick(), isAway(state) ? AWAY_TICK_MS : TICK_MS);
  }

  #tick() {
    const moment = this.#moment();
    const { waiting } = moment.view;
    if (waiting && moment.now >= waiting.until) return void this.start().catch(() => {});
    // A grace period that runs out while the server cannot be asked changes what is shown, although nothing has happened.
    if (moment.view.title !== this.#view.title) return this.#render();
    this.#face.tick(moment);
    // Nobody needs it for the first picture. What cannot be loaded is tried again a second later.
    if (moment.state.status === 'connected') void import('./stage-fit.js').then(({ fitStage }) => fitStage(this.session, this.video), () => {});
    this.#schedule();
  }

  /** @param {import('../state.js').SessionState} state that a full server has led to */
  #wait(state) {
    this.#media.unlock();
    this.#waitsUntil = this.#nextAsking(state);
    this.#render();
    this.#face.announce(sentences(this.#view, this.#words, { now: this.session.now() }));
  }

  /** Nobody waits for a place any more. */
  #leave() {
    this.#waitsUntil = null;
    // It may be asking at this moment.
    if (this.session.state.status === 'starting') return void this.stop().catch(() => {});
    this.#render();
    this.#face.announce(sentences(this.#view, this.#words, { now: this.session.now() }));
  }

  /**
   * When a full server is asked again: when it has said, or in ten seconds.
   * @param {import('../state.js').SessionState} state
   * @param {ReadonlySet<string>} [codes] why the last asking may have failed
   */
  #nextAsking(state, codes = FULL) {
    if (state.status !== 'error' || !codes.has(state.error.code)) return null;
    return this.session.now() + Math.max(1, state.error.retryAfterSeconds ?? 10) * 1_000;
  }

  async #showPreview() {
    const { avatar } = this;
    const name = avatar || (await this.avatars().then((list) => list.default, () => ''));
    if (avatar === this.avatar) this.#media.preview(name ? this.session.api.previewUrl(name) : null);
  }

  #setVolume() {
    this.#media.setVolume(this.volume, this.muted);
  }

  /** @param {{ volume: number, muted: boolean }} value */
  #setLoudness({ volume, muted }) {
    this.volume = volume;
    this.muted = muted;
    this.dispatchEvent(new Event('volumechange'));
  }

  async #interrupt() {
    try {
      const { stopped } = await this.session.interrupt();
      this.notify(this.#words[stopped > 0 ? 'toast.silenced' : 'toast.nothing']);
      this.#tell('speechinterrupt', { stopped });
    } catch (thrown) {
      this.notify(errorText(this.#words, HoldfastError.from(thrown, 'network', String(thrown))));
    }
  }

  /**
   * @param {string} type
   * @param {unknown} detail
   */
  #tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
