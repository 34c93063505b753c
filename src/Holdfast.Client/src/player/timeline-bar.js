import { timeOfDay } from './clock.js';
import { spanWords } from './durations.js';
import { find, setText } from './dom.js';
import { lengthOf } from './timeline.js';

/** @typedef {import('./timeline.js').Segment} Segment */
/** @typedef {import('./texts.js').Texts} Texts */
/** @typedef {import('./texts.js').Language} Language */

/** The timeline at the foot of the stage. One stop for the tab key; the arrow keys go along it. */
export class TimelineBar {
  #bar;
  #tip;
  /** @type {readonly Segment[]} */
  #segments = [];
  /** @type {HTMLButtonElement[]} */
  #buttons = [];
  /** @type {HTMLButtonElement | null} */
  #shown = null;
  /** @type {(segment: Segment) => string} */
  #describe = () => '';

  /** @param {ShadowRoot} root */
  constructor(root) {
    this.#bar = find(root, 'timeline', HTMLOListElement);
    this.#tip = find(root, 'timeline-tip', HTMLElement);
    this.#bar.addEventListener('pointerover', (event) => this.#show(buttonOf(event)));
    this.#bar.addEventListener('pointerleave', () => this.#show(null));
    this.#bar.addEventListener('focusin', (event) => this.#show(buttonOf(event)));
    this.#bar.addEventListener('focusout', () => this.#show(null));
    this.#bar.addEventListener('keydown', (event) => this.#onKey(event));
  }

  /**
   * @param {readonly Segment[]} segments
   * @param {object} context
   * @param {number} context.now on the clock of the segments' times
   * @param {number} context.wallNow the same moment in milliseconds since 1970
   * @param {Texts} context.words
   * @param {Language} context.language
   */
  render(segments, { now, wallNow, words, language }) {
    this.#describe = (segment) => describe(segment, { words, lasted: lengthOf(segment, now), began: timeOfDay(wallNow - now + segment.from, language) });
    if (segments !== this.#segments) this.#fit(segments);
    for (const [place, segment] of segments.entries()) {
      const button = this.#buttons[place];
      const item = /** @type {HTMLElement} */ (button.parentElement);
      item.dataset.kind = segment.kind;
      // What is short must still be seen and hit; what is long must not push it away.
      item.style.flexGrow = String(Math.max(1, lengthOf(segment, now)));
      // The name of what is being read out must not change every second.
      if (!button.matches(':focus')) this.#name(button, segment);
    }
    if (this.#shown) this.#write(this.#shown);
  }

  /**
   * @param {HTMLButtonElement} button
   * @param {Segment} segment
   */
  #name(button, segment) {
    const text = this.#describe(segment);
    if (button.getAttribute('aria-label') !== text) button.setAttribute('aria-label', text);
  }

  /** @param {readonly Segment[]} segments */
  #fit(segments) {
    this.#segments = segments;
    while (this.#buttons.length > segments.length) this.#buttons.pop()?.parentElement?.remove();
    while (this.#buttons.length < segments.length) {
      const button = document.createElement('button');
      button.type = 'button';
      const item = document.createElement('li');
      item.append(button);
      this.#bar.append(item);
      this.#buttons.push(button);
    }
    const focused = this.#buttons.find((button) => button.tabIndex === 0 && button.matches(':focus'));
    for (const button of this.#buttons) button.tabIndex = -1;
    const stop = focused ?? this.#buttons.at(-1);
    if (stop) stop.tabIndex = 0;
    if (this.#shown && !this.#shown.isConnected) this.#show(null);
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    const at = this.#buttons.findIndex((button) => button.matches(':focus'));
    if (event.key === 'Escape') this.#show(null);
    const next = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: this.#buttons.length - 1 }[event.key];
    const button = next === undefined ? undefined : this.#buttons[next];
    if (at < 0 || !button) return;
    event.preventDefault();
    this.#buttons[at].tabIndex = -1;
    button.tabIndex = 0;
    button.focus();
  }

  /** @param {HTMLButtonElement | null} button */
  #show(button) {
    this.#shown = button;
    this.#tip.hidden = button === null;
    if (button) this.#write(button);
  }

  /** @param {HTMLButtonElement} button */
  #write(button) {
    const segment = this.#segments[this.#buttons.indexOf(button)];
    if (!segment) return;
    setText(this.#tip, this.#describe(segment));
    this.#tip.dataset.kind = segment.kind;
    const frame = this.#tip.offsetParent?.getBoundingClientRect();
    const place = button.getBoundingClientRect();
    if (!frame) return;
    // Over its segment, and inside the stage.
    const half = this.#tip.offsetWidth / 2 + 8;
    const middle = place.left + place.width / 2 - frame.left;
    this.#tip.style.left = `${Math.min(Math.max(middle, half), Math.max(half, frame.width - half))}px`;
  }
}

/**
 * What a segment was, in one line: when it began, what it was, how long, why.
 * @param {Segment} segment
 * @param {{ words: Texts, lasted: number, began: string }} context
 */
export function describe(segment, { words, lasted, began }) {
  const parts = [began, words[`timeline.${segment.kind}`]];
  // What is over has no length.
  if (segment.kind !== 'lost') parts.push(spanWords(lasted, words));
  if (segment.reason) parts.push(words[segment.reason]);
  if (segment.tries > 0) parts.push(words['timeline.tries'](segment.tries));
  if (segment.level !== null) parts.push(words['timeline.level'](segment.level));
  return parts.join(' · ');
}

/** @param {Event} event */
function buttonOf(event) {
  const item = event.target instanceof Element ? event.target.closest('li') : null;
  return item?.querySelector('button') ?? null;
}
