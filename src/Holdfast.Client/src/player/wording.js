import { graceWords } from './durations.js';
import { errorText } from './texts.js';

/** @typedef {import('./texts.js').Texts} Texts */
/** @typedef {import('./view.js').Notice} Notice */
/** @typedef {import('./view.js').View} View */
/** @typedef {(at: number) => string} Clock a moment of the state's clock as the time of day */

/**
 * The sentence under the title of a view, or empty.
 * @param {View} view
 * @param {Texts} words
 * @param {{ place?: string, clock?: Clock, now?: number }} [moment] `place`: where speech stopped
 */
export function textOf(view, words, { place = '', clock = String, now = 0 } = {}) {
  if (view.waiting) return words['full.waiting'](Math.max(1, Math.ceil((view.waiting.until - now) / 1_000)));
  const known = view.unheard ? words[view.unheard.key](clock(view.unheard.since), clock(view.unheard.until)) : '';
  const rest = view.problem ? errorText(words, view.problem) : view.canPlace && place ? words['held.place'](place) : view.text ? words[view.text] : '';
  return (view.problem ? [rest, known] : [known, rest]).filter(Boolean).join('\n');
}

/**
 * All that a view says, for somebody who hears it.
 * @param {View} view
 * @param {Texts} words
 * @param {{ clock?: Clock, now?: number }} [moment]
 */
export function sentences(view, words, moment) {
  return [words[view.title], textOf(view, words, moment)].join('\n').trim();
}

/**
 * @param {Notice} notice
 * @param {Texts} words
 */
export function noticeText(notice, words) {
  return 'graceMs' in notice ? words[notice.key](graceWords(notice.graceMs, words)) : words[notice.key];
}
