import { find } from './dom.js';

/** The volume in the dock: how loud, and whether at all. */
export class Loudness {
  #mute;
  #slider;
  #value = { volume: 1, muted: false };

  /**
   * @param {ShadowRoot} root
   * @param {(value: { volume: number, muted: boolean }) => void} onChange by the person; volume 0 to 1
   */
  constructor(root, onChange) {
    this.#mute = find(root, 'mute', HTMLButtonElement);
    this.#slider = find(root, 'volume', HTMLInputElement);
    this.#slider.addEventListener('input', () => onChange({ volume: this.#slider.valueAsNumber, muted: this.#slider.valueAsNumber === 0 }));
    this.#mute.addEventListener('click', () => {
      const { volume, muted } = this.#value;
      // Unmuting what was turned down to nothing must be heard.
      onChange({ volume: muted && volume === 0 ? 0.5 : volume, muted: !muted });
    });
  }

  /**
   * @param {{ volume: number, muted: boolean }} value
   * @param {import('./texts.js').Texts} words
   */
  render({ volume, muted }, words) {
    this.#value = { volume, muted };
    const heard = muted ? 0 : volume;
    this.#slider.valueAsNumber = heard;
    this.#slider.style.setProperty('--filled', `${heard * 100}%`);
    this.#mute.setAttribute('aria-pressed', String(muted));
    this.#mute.setAttribute('aria-label', words['dock.mute']);
    this.#mute.title = words[muted ? 'dock.unmute' : 'dock.mute'];
  }
}
