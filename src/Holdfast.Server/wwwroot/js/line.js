/**
 * What became of a text of the avatar's: `queued` (the server has it) -> `speaking` -> `said`; or `failed` (not spoken), `stopped` (the person
 * wanted silence), `dropped` (given up while nobody could hear it), `unknown` (the session went first), `shown` (it is there to read only). One
 * that the person dictates is at first `waiting` (there is no connection, others are before it, or it was sent in vain; it can be withdrawn),
 * then `sending`, or `failed` (not taken).
 *
 * A question is `waiting`, `sending`, `failed`; then `queued` (the server has it, others are before it), `asked`, or `skipped` (silence
 * was wanted, or the session ended, before its turn). One that is being said is `hearing` until it is known to the end.
 * @typedef {'waiting' | 'sending' | 'queued' | 'speaking' | 'said' | 'failed' | 'stopped' | 'dropped' | 'unknown' | 'shown' | 'asked' | 'skipped' | 'hearing'} LineStatus
 */

/**
 * One text, in the order it was said.
 * @typedef {object} Line
 * @property {string} id the key it was sent with, or what the server calls it
 * @property {'person' | 'avatar'} by
 * @property {string} text
 * @property {LineStatus} status
 * @property {string} problem why it failed, as the server says it; else empty
 * @property {string} fault the same as one of the server's words; else empty
 * @property {import('../holdfast/index.js').HoldfastError | null} error why it was not taken, or not yet
 * @property {number | null} session whose it is, as soon as the server has it
 * @property {string | null} utteranceId
 * @property {number | null} turn the turn of the conversation that it belongs to; null: none, or not known yet
 * @property {string | null} at when the server had it first
 * @property {Word | null} word the word that is sent now
 * @property {number | null} heard how much of it was heard; null: not known, or all
 * @property {readonly [number, number] | null} again what is said a second time after an outage: from, to
 */

/** A word of a text, in UTF-16 units. @typedef {{ offset: number, length: number, rtpTimestamp: number | null }} Word */

/** @type {Omit<Line, 'id' | 'text' | 'status'>} */
export const blank = { by: 'avatar', problem: '', fault: '', error: null, session: null, utteranceId: null, turn: null, at: null, word: null, heard: null, again: null };

/**
 * What stands between two parts of one text: they come without the blank that was between them. Chinese has none.
 * @param {string} before
 * @param {string} after
 */
export function seam(before, after) {
  const isOpen = before !== '' && after !== '' && !/\s$/u.test(before) && !/^\s/u.test(after);
  return isOpen && !/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}。！？，、；：…”’）》]$/u.test(before) ? ' ' : '';
}
