/** @typedef {import('./structure.js').Node_} Node_ */
/** @typedef {import('./texts.js').Texts} Texts */

const SVG = 'http://www.w3.org/2000/svg';
const drawn = new Set(['svg', 'path', 'circle']);

/**
 * Makes elements of data, without any HTML being parsed: a page may forbid that (Trusted Types).
 * @param {Node_} node
 * @returns {Element}
 */
export function build([tag, attributes = {}, ...children]) {
  const made = drawn.has(tag) ? document.createElementNS(SVG, tag) : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  // The attribute alone would not mute an element that a script makes.
  if (made instanceof HTMLVideoElement) made.muted = made.defaultMuted = true;
  made.append(...children.map((child) => (typeof child === 'string' ? child : build(child))));
  return made;
}

/**
 * The element of this id, which the player is known to have.
 * @template {Element} T
 * @param {DocumentFragment} root
 * @param {string} id
 * @param {{ new (): T }} type
 * @returns {T}
 */
export function find(root, id, type) {
  const found = root.getElementById(id);
  if (!(found instanceof type)) throw new Error(`The player has no ${type.name} #${id}.`);
  return found;
}

/**
 * Writes a text if it is another one: a live region that is written again is read again.
 * @param {Element} target
 * @param {string} text
 */
export function setText(target, text) {
  if (target.textContent !== text) target.textContent = text;
}

/**
 * Writes the texts of a language into everything that names one: `data-text` as content, `data-label` as accessible name.
 * @param {DocumentFragment} root
 * @param {Texts} words
 */
export function localize(root, words) {
  const word = (/** @type {string | undefined} */ key) => String(words[/** @type {import('./texts.js').PlainTextKey} */ (key)]);
  for (const found of root.querySelectorAll('[data-text]')) setText(found, word(/** @type {HTMLElement} */ (found).dataset.text));
  for (const found of root.querySelectorAll('[data-label]')) found.setAttribute('aria-label', word(/** @type {HTMLElement} */ (found).dataset.label));
}
