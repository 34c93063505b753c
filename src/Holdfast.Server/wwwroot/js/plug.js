import { HoldfastError, isKept } from '../holdfast/index.js';
import { errorText, texts as playerTexts } from '../holdfast/player/texts.js';
import { element } from './dom.js';

/** @typedef {import('../holdfast/player.js').HoldfastPlayer} HoldfastPlayer */
/** @typedef {import('./texts.js').Texts} Texts */

/** The panel that pulls the plug, so that anybody can see what an outage is like. Only a server in Development allows it. */
export class Plug {
  #player;
  #words;
  #panel = element('plug', HTMLElement);
  #label = element('plug-label', HTMLElement);
  #buttons = [...this.#panel.querySelectorAll('button')];
  #allowed = false;
  #isAsked = false;
  /** When the plug is put in again, on the page's clock; 0: it is in. */
  #backAt = 0;
  /** @type {HTMLButtonElement | null} */
  #pulled = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /**
   * @param {HoldfastPlayer} player
   * @param {() => Texts} words
   */
  constructor(player, words) {
    this.#player = player;
    this.#words = words;
    for (const button of this.#buttons) button.addEventListener('click', () => void this.#pull(button));
  }

  /** There is a session now: until then there is no plug to pull, and nothing to ask. */
  begin() {
    if (this.#isAsked) return;
    this.#isAsked = true;
    this.#player.session.api.server().then(
      (server) => {
        this.#allowed = server.outage;
        this.render();
      },
      // A server that does not say so does not allow it.
      () => {},
    );
  }

  render() {
    clearTimeout(this.#timer);
    const { state } = this.#player.session;
    const elsewhere = state.status === 'held' && state.reason === 'elsewhere';
    this.#panel.hidden = !this.#allowed || !isKept(state) || elsewhere;
    // A new session has its plug in.
    if (!isKept(state)) this.#backAt = 0;
    const left = Math.max(0, Math.ceil((this.#backAt - performance.now()) / 1_000));
    const words = this.#words();
    this.#label.textContent = left > 0 ? words['plug.pulled'](left) : words['plug.label'];
    for (const button of this.#buttons) {
      const seconds = Number(button.dataset.seconds);
      button.textContent = words['plug.seconds'](seconds);
      button.setAttribute('aria-label', words['plug.button'](seconds));
      button.setAttribute('aria-pressed', String(left > 0 && button === this.#pulled));
    }
    if (left > 0) this.#timer = setTimeout(() => this.render(), 250);
  }

  /** @param {HTMLButtonElement} button */
  async #pull(button) {
    const seconds = Number(button.dataset.seconds);
    try {
      await this.#player.session.outage(seconds);
      this.#pulled = button;
      this.#backAt = performance.now() + seconds * 1_000;
      this.render();
    } catch (thrown) {
      this.#player.notify(errorText(playerTexts[this.#player.language], HoldfastError.from(thrown, 'network', String(thrown))));
    }
  }
}
