import { graceWords } from './durations.js';
import { errorText } from './texts.js';

/** @typedef {import('./texts.js').Texts} Texts */
/** @typedef {import('./view.js').Notice} Notice */
/** @typedef {import('./view.js').View} View */

/**
 * The sentence under the title of a view, or empty.
 * @param {View} view
 * @param {Texts} words
 * @param {string} [place] where speech stopped
 */
export function textOf(view, words, place = '') {
  if (view.problem) return errorText(words, view.problem);
  if (view.canPlace && place) return words['held.place'](place);
  return view.text ? words[view.text] : '';
}

/**
 * All that a view says, for somebody who hears it.
 * @param {View} view
 * @param {Texts} words
 */
export function sentences(view, words) {
  return [words[view.title], textOf(view, words)].join('\n').trim();
}

/**
 * @param {Notice} notice
 * @param {Texts} words
 */
export function noticeText(notice, words) {
  if ('error' in notice) return errorText(words, notice.error);
  return 'graceMs' in notice ? words[notice.key](graceWords(notice.graceMs, words)) : words[notice.key];
}
