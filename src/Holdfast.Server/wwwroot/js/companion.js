import { HoldfastError } from '../holdfast/index.js';
import { element } from './dom.js';

/** @typedef {import('../holdfast/index.js').Model} Model */
/** @typedef {import('../holdfast/index.js').SayMode} SayMode */
/** @typedef {import('./preferences.js').Preferences} Preferences */
/** @typedef {import('./texts.js').Texts} Texts */

/** When the models are asked for again. */
const PAUSES_MS = [1_000, 3_000, 10_000, 30_000];

/** Who answers: a language model, the companion that comes with the server, or nobody. `change`: it is known now. */
export class Companion extends EventTarget {
  #api;
  #preferences;
  #words;
  /** Null: not known yet. @type {readonly Model[] | null} */
  #models = null;

  /**
   * @param {import('../holdfast/index.js').SessionApi} api
   * @param {Preferences} preferences
   * @param {() => Texts} words
   */
  constructor(api, preferences, words) {
    super();
    this.#api = api;
    this.#preferences = preferences;
    this.#words = words;
    void this.#ask();
  }

  /** How what is written is meant: as the person chose it, where there is somebody to answer. @returns {SayMode} */
  get mode() {
    return this.#models?.length === 0 ? 'echo' : this.#preferences.values.mode;
  }

  /** The models that can be asked, as far as is known. */
  get models() {
    return this.#models ?? [];
  }

  /** @param {string} asked the model that was asked last; empty: none was */
  render(asked) {
    const models = this.#models ?? [];
    const model = models.find((one) => one.name === asked) ?? models[0];
    const badge = element('companion', HTMLElement);
    badge.hidden = this.mode === 'echo' || !model?.offline;
    badge.title = this.#words()['companion.offline.text'];
    element('mode-choice', HTMLElement).hidden = this.#models?.length === 0;
    element('talk-empty', HTMLElement).textContent = this.#words()[this.mode === 'echo' ? 'talk.empty.echo' : 'talk.empty'];
  }

  /** @param {number} [tries] before */
  async #ask(tries = 0) {
    try {
      const { models } = await this.#api.models();
      this.#know(models);
    } catch (thrown) {
      // A server that knows no models is an older one, which only echoes; one that does not answer is asked again.
      if (thrown instanceof HoldfastError && thrown.code === 'refused') this.#know([]);
      else if (tries < PAUSES_MS.length) setTimeout(() => void this.#ask(tries + 1), PAUSES_MS[tries]);
    }
  }

  /** @param {readonly Model[]} models */
  #know(models) {
    this.#models = models;
    this.dispatchEvent(new Event('change'));
  }
}
