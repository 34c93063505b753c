import { countdown, share } from './durations.js';
import { find, setText } from './dom.js';

/** @typedef {import('../state.js').SessionState} SessionState */
/** @typedef {import('./view.js').View} View */

/** The ring over a stage that is held: it counts the grace period down, and shows how far up the ladder a reconnect is. */
export class Ring {
  #ring;
  #left;
  #number;

  /** @param {ShadowRoot} root */
  constructor(root) {
    this.#ring = find(root, 'ring', HTMLElement);
    this.#left = find(root, 'ring-left', SVGElement);
    this.#number = find(root, 'remaining', HTMLElement);
  }

  /**
   * @param {View} view
   * @param {SessionState} state
   * @param {number} now on the clock of the state's times
   */
  render(view, state, now) {
    this.#ring.hidden = view.ring === 'none';
    this.#ring.dataset.ring = view.ring;
    this.#ring.dataset.level = String(view.level);
    if (view.ring === 'ladder') {
      setText(this.#number, `${view.level}/3`);
    } else if (view.ring === 'countdown' && 'expiresAt' in state) {
      const left = state.expiresAt - now;
      this.#left.style.strokeDashoffset = String(100 - 100 * share(left, state.graceMs));
      // A round end of nothing would be a dot.
      this.#left.toggleAttribute('hidden', left <= 0);
      setText(this.#number, countdown(left));
    }
  }
}
