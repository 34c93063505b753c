/**
 * The element of this id, which the page is known to have.
 * @template {HTMLElement} T
 * @param {string} id
 * @param {{ new (): T }} type
 * @returns {T}
 */
export function element(id, type) {
  const found = document.getElementById(id);
  if (!(found instanceof type)) throw new Error(`The page has no ${type.name} #${id}.`);
  return found;
}

/**
 * A new element with a class and a text.
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {string} [className]
 * @param {string} [text]
 */
export function create(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

/**
 * Writes the texts of a language into everything under `root` that names one: `data-text` as content, `data-label` as its
 * accessible name (and tooltip, for what can be pressed).
 * @param {ParentNode} root
 * @param {import('./texts.js').Texts} words
 */
export function localize(root, words) {
  const word = (/** @type {string | undefined} */ key) => String(words[/** @type {import('./texts.js').PlainTextKey} */ (key)]);
  for (const found of root.querySelectorAll('[data-text]')) {
    if (found instanceof HTMLElement) found.textContent = word(found.dataset.text);
  }
  for (const found of root.querySelectorAll('[data-label]')) {
    if (!(found instanceof HTMLElement)) continue;
    found.setAttribute('aria-label', word(found.dataset.label));
    if (found instanceof HTMLButtonElement) found.title = word(found.dataset.label);
  }
}
