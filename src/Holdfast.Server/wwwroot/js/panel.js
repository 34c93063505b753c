import { element } from './dom.js';

/**
 * The settings as a popover, until what is in them is loaded: nothing is shown there that is not known yet, and whoever opened them without a
 * network is told so there, and may try again.
 */
export class Panel {
  #panel = element('settings', HTMLElement);
  #load;
  #onMissing;

  /**
   * @param {() => Promise<void>} load fulfilled once everything in it is there; may be asked again
   * @param {() => void} onMissing it could not be loaded, and says so
   */
  constructor(load, onMissing) {
    this.#load = load;
    this.#onMissing = onMissing;
    this.#panel.addEventListener('beforetoggle', (event) => {
      if (/** @type {ToggleEvent} */ (event).newState === 'open') void this.#open();
    });
    element('settings-retry', HTMLButtonElement).addEventListener('click', () => void this.#retry());
  }

  /** Everything is there, whoever asked for it. */
  show() {
    delete this.#panel.dataset.part;
  }

  /** @returns {Promise<boolean>} whether everything is there */
  async #open() {
    if (this.#panel.dataset.part) this.#panel.dataset.part = 'coming';
    try {
      await this.#load();
      this.show();
      return true;
    } catch {
      this.#panel.dataset.part = 'missing';
      this.#onMissing();
      return false;
    }
  }

  async #retry() {
    // The button is gone once it has helped: whoever pressed it by the keyboard goes on at the first setting.
    const hadFocus = document.activeElement?.id === 'settings-retry';
    const isThere = await this.#open();
    const next = isThere ? 'input:checked' : '#settings-retry';
    if (hadFocus && this.#panel.matches(':popover-open')) /** @type {HTMLElement | null} */ (this.#panel.querySelector(next))?.focus();
  }
}
