import { create } from './dom.js';

/** @typedef {import('./lines.js').Line} Line */

/**
 * Whether two states of a line look the same. Each word that is reached changes a line, and a line that is drawn again is read
 * out again.
 * @param {Line} one
 * @param {Line} other
 */
export function looksLike(one, other) {
  return one.text === other.text && one.status === other.status && one.problem === other.problem && one.fault === other.fault && one.error === other.error && one.again === other.again;
}

/**
 * The text; what is said a second time is marked as such.
 * @param {Line} line
 */
export function bubbleOf({ text, again }) {
  const bubble = create('div', 'bubble');
  if (!again) {
    bubble.textContent = text;
    return bubble;
  }
  const [from, to] = again;
  bubble.append(text.slice(0, from), create('span', 'again', text.slice(from, to)), text.slice(to));
  return bubble;
}
