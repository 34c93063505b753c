import { element } from './dom.js';

/** @typedef {import('../holdfast/player.js').HoldfastPlayer} HoldfastPlayer */
/** @typedef {import('./texts.js').Texts} Texts */

/** What the space bar does something in by itself. */
const BUSY = 'input, textarea, select, button, a, summary, [contenteditable], holdfast-player';

/** Push to talk: the person is heard while they hold it, with the mouse, a finger, or a key. */
export class HoldButton {
  #player;
  #words;
  #onChange;
  #button = element('hold-to-talk', HTMLButtonElement);
  #isHeld = false;

  /**
   * @param {HoldfastPlayer} player
   * @param {() => Texts} words
   * @param {() => void} onChange it was pressed or let go
   */
  constructor(player, words, onChange) {
    this.#player = player;
    this.#words = words;
    this.#onChange = onChange;
    const button = this.#button;
    button.addEventListener('pointerdown', (event) => {
      if (event.button !== 0) return;
      button.setPointerCapture(event.pointerId);
      this.#hold(true);
    });
    for (const end of ['pointerup', 'pointercancel', 'lostpointercapture', 'blur']) button.addEventListener(end, () => this.#hold(false));
    // A finger that stays asks phones for a menu.
    button.addEventListener('contextmenu', (event) => event.preventDefault());
    document.addEventListener('keydown', (event) => this.#onKey(event, true));
    document.addEventListener('keyup', (event) => this.#onKey(event, false));
    // Who looks elsewhere has let go, whatever becomes of the key.
    addEventListener('blur', () => this.#hold(false));
    document.addEventListener('visibilitychange', () => document.hidden && this.#hold(false));
  }

  get isHeld() {
    return this.#isHeld;
  }

  /** @param {boolean} isShown whether there is a microphone that waits for it */
  render(isShown) {
    if (!isShown) this.#hold(false);
    this.#button.hidden = !isShown;
    this.#button.dataset.held = String(this.#isHeld);
    element('hold-text', HTMLElement).textContent = this.#words()[this.#isHeld ? 'mic.holding' : 'mic.hold'];
  }

  /**
   * @param {KeyboardEvent} event
   * @param {boolean} isDown
   */
  #onKey(event, isDown) {
    const isOnButton = event.target === this.#button && (event.key === ' ' || event.key === 'Enter');
    const isAnywhere = event.key === ' ' && event.target instanceof Element && !event.target.closest(BUSY);
    if (this.#button.hidden || (!isOnButton && !isAnywhere)) return;
    event.preventDefault();
    if (!event.repeat) this.#hold(isDown);
  }

  /** @param {boolean} isHeld */
  #hold(isHeld) {
    if (isHeld === this.#isHeld) return;
    this.#isHeld = isHeld;
    // Where the server cannot be told now, it is told with the next connection.
    this.#player.session.listen({ mode: 'pushToTalk', talking: isHeld }).catch(() => {});
    this.#onChange();
  }
}
