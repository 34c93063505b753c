import { timeOfDay } from './clock.js';
import { build, find, localize, setText } from './dom.js';
import { Ring } from './ring.js';
import { structure } from './structure.js';
import { styleSheets } from './styles/sheets.js';
import { Toast } from './toast.js';
import { textOf } from './wording.js';

/** @typedef {import('../state.js').SessionState} SessionState */
/** @typedef {import('./texts.js').Language} Language */
/** @typedef {import('./texts.js').Texts} Texts */
/** @typedef {import('./timeline.js').Segment} Segment */
/** @typedef {import('./view.js').View} View */

/**
 * Everything that the face shows at one moment.
 * @typedef {object} Moment
 * @property {View} view
 * @property {SessionState} state
 * @property {number} now on the clock of the state's times
 * @property {number} wallNow the same moment in milliseconds since 1970
 * @property {readonly Segment[]} segments
 * @property {boolean} timeline whether the timeline is wanted
 * @property {Activity} activity what the avatar is doing, as whoever follows the conversation says; null: nobody does
 * @property {PictureQuality | 'waits'} note what the line to this page carries of the pictures, or that speech waits for its turn
 * @property {string} place where speech stopped; empty: not known
 * @property {Texts} words
 * @property {Language} language
 */

/** @typedef {'' | 'hearing' | 'thinking' | 'speaking' | 'listening' | null} Activity */

/** @typedef {'full' | 'reduced' | 'still'} PictureQuality */

/** What the player shows of its session's state: panels, buttons, ring, timeline, and what is read out. */
export class Face {
  #root;
  #stage;
  #trouble;
  #toast;
  #ring;
  /** @type {import('./timeline-bar.js').TimelineBar | null} */
  #timeline = null;
  #buttons;
  /** @type {Texts | null} */
  #words = null;

  /** @param {ShadowRoot} root */
  constructor(root) {
    root.adoptedStyleSheets = styleSheets();
    root.append(...structure.map(build));
    this.#root = root;
    this.#stage = find(root, 'stage', HTMLElement);
    this.#trouble = find(root, 'trouble', HTMLElement);
    this.#toast = new Toast(find(root, 'toast', HTMLElement));
    this.#ring = new Ring(root);
    const button = (/** @type {string} */ id) => find(root, id, HTMLButtonElement);
    this.#buttons = { start: button('start'), reconnect: button('reconnect'), anew: button('anew'), stop: button('stop') };
  }

  /**
   * @param {'start' | 'reconnect' | 'anew' | 'stop' | 'interrupt'} id
   * @param {() => void} action
   */
  onPress(id, action) {
    find(this.#root, id, HTMLButtonElement).addEventListener('click', action);
  }

  /** @param {string} text shown for a moment, and read out */
  notify(text) {
    this.#toast.show(text);
    this.announce(text);
  }

  /** @param {string} text read out, not shown */
  announce(text) {
    setText(find(this.#root, 'announcer', HTMLElement), text);
  }

  /** @param {import('./element.js').Subtitle} subtitle both empty: none */
  subtitle({ spoken, coming, again }) {
    find(this.#root, 'subtitle', HTMLElement).hidden = spoken === '' && coming === '';
    const [from, to] = again ?? [0, 0];
    setText(find(this.#root, 'subtitle-before', HTMLElement), spoken.slice(0, from));
    setText(find(this.#root, 'subtitle-again', HTMLElement), spoken.slice(from, to));
    setText(find(this.#root, 'subtitle-spoken', HTMLElement), spoken.slice(to));
    setText(find(this.#root, 'subtitle-coming', HTMLElement), coming);
  }

  /**
   * Shows a moment, and hands the focus on if what had it is no longer there, so that nobody at a keyboard is thrown back to the top.
   * @param {Moment} moment
   */
  render(moment) {
    const { view, words } = moment;
    const focused = this.#root.activeElement;
    const turned = this.#stage.dataset.scene !== view.scene;
    if (turned) this.#toast.hide();
    if (this.#words !== words) localize(this.#root, (this.#words = words));
    this.#stage.dataset.scene = view.scene;
    this.#stage.dataset.tone = view.tone;
    this.#stage.toggleAttribute('data-problem', view.problem !== null || view.title === 'due.title');
    this.#renderActivity(moment);
    this.#renderLine(moment);
    this.#renderPanels(moment);
    const counted = view.ring === 'countdown' ? words[view.status === 'status.held' ? 'countdown.label' : 'countdown.unheard'] : '';
    this.#write('countdown-label', counted);
    this.#renderButtons(view, words);
    this.#renderTime(moment);
    const waits = focused === this.#stage || focused === this.#trouble;
    if (focused && ((waits && turned) || !focused.checkVisibility())) this.#handOn(view);
  }

  /**
   * Shows what changes by mere time.
   * @param {Moment} moment
   */
  tick(moment) {
    const { timeline, view } = moment;
    // Loaded when the avatar has been there for a moment, and asked for again where that failed: nobody needs it to see the first picture.
    if (timeline && !this.#timeline && (view.scene === 'call' || view.scene === 'sound')) void this.#bringTimeline();
    this.#renderTime(moment);
  }

  async #bringTimeline() {
    const brought = await import('./timeline-bar.js').catch(() => null);
    if (brought) this.#timeline ??= new brought.TimelineBar(this.#root);
  }

  /** @param {Moment} moment */
  #renderTime({ view, state, now, wallNow, segments, timeline, words, language }) {
    if (view.waiting) this.#write('lobby-text', textOf(view, words, { now }));
    this.#ring.render(view, state, now);
    find(this.#root, 'timeline', HTMLElement).hidden = !timeline || !this.#timeline || segments.length === 0;
    if (timeline) this.#timeline?.render(segments, { now, wallNow, words, language });
  }

  /** @param {Moment} moment */
  #renderActivity({ activity, words }) {
    if (activity === null) delete this.#stage.dataset.activity;
    else this.#stage.dataset.activity = activity || 'none';
    // What is no more fades out with its words.
    if (activity !== '') this.#write('activity', words[`activity.${activity ?? 'speaking'}`]);
  }

  /**
   * A line that carries all needs no words, nor does a server that has time.
   * @param {Moment} moment
   */
  #renderLine({ view, note, words }) {
    const isNoted = note !== 'full' && (view.scene === 'call' || view.scene === 'unreachable');
    find(this.#root, 'signal', HTMLElement).hidden = !isNoted;
    this.#stage.dataset.line = note;
    if (isNoted) this.#write('signal-text', words[`line.${note}`]);
  }

  /** @param {Moment} moment */
  #renderPanels(moment) {
    const { view, words, place } = moment;
    const { scene } = view;
    const title = words[view.title];
    const text = textOf(view, words, { place, clock: clockOf(moment), now: moment.now });
    const isLobby = scene === 'lobby' || scene === 'over';
    find(this.#root, 'lobby', HTMLElement).hidden = !isLobby;
    if (isLobby) this.#write('lobby-title', title, 'lobby-text', text);
    find(this.#root, 'starting', HTMLElement).hidden = scene !== 'starting';
    if (scene === 'starting') this.#write('starting-text', title);
    this.#trouble.hidden = isLobby || scene === 'starting' || scene === 'call';
    if (!this.#trouble.hidden) this.#write('trouble-title', title, 'trouble-text', text);
  }

  /** @param {string[]} pairs of ids and texts */
  #write(...pairs) {
    for (let at = 0; at < pairs.length; at += 2) setText(find(this.#root, pairs[at], HTMLElement), pairs[at + 1]);
  }

  /**
   * @param {View} view
   * @param {Texts} words
   */
  #renderButtons(view, words) {
    const { start, reconnect, anew, stop } = this.#buttons;
    setText(start, words[view.start]);
    setText(reconnect, words[view.reconnect]);
    setText(stop, words[view.stop]);
    start.hidden = !view.canStart;
    reconnect.hidden = !view.canReconnect;
    anew.hidden = !view.canStartAnew;
    stop.hidden = !view.canStop;
    find(this.#root, 'dock', HTMLElement).hidden = !view.canStop;
  }

  /** @param {View} view */
  #handOn(view) {
    const { start, reconnect } = this.#buttons;
    // Never to a button that ends something: a key that is pressed twice must do no harm.
    const next = view.canReconnect ? reconnect : view.canStart ? start : this.#trouble.hidden || view.scene === 'sound' ? this.#stage : this.#trouble;
    next.focus({ preventScroll: true });
  }
}

/**
 * What tells the times of a moment's state as times of day.
 * @param {Moment} moment
 * @returns {import('./wording.js').Clock}
 */
export function clockOf({ now, wallNow, language }) {
  return (at) => timeOfDay(wallNow - now + at, language);
}
