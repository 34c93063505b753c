/** A short message that goes away by itself; the newest replaces the one before. Held while it is pointed at. */
export class Toast {
  #element;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /** @param {HTMLElement} element */
  constructor(element) {
    this.#element = element;
    element.addEventListener('pointerenter', () => clearTimeout(this.#timer));
    element.addEventListener('pointerleave', () => this.#hideLater());
  }

  /** @param {string} text */
  show(text) {
    this.#element.textContent = text;
    this.#element.classList.add('shown');
    this.#hideLater();
  }

  /** What it says is no longer so. The text stays, so that nothing is read out again. */
  hide() {
    clearTimeout(this.#timer);
    this.#element.classList.remove('shown');
  }

  #hideLater() {
    clearTimeout(this.#timer);
    // Long texts stay longer: about 15 characters are read in a second.
    const reading = 2500 + (this.#element.textContent?.length ?? 0) * 65;
    this.#timer = setTimeout(() => this.hide(), reading);
  }
}
