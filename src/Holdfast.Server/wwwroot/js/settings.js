import { element } from './dom.js';

/** @typedef {import('./preferences.js').Preferences} Preferences */
/** @typedef {import('../holdfast/index.js').ConnectionStatistics} ConnectionStatistics */

/** The settings popover: shows and sets the preferences, and tells details of the connection. */
export class Settings {
  #preferences;
  #subtitles = element('subtitles', HTMLInputElement);
  #volume = element('settings-volume', HTMLInputElement);

  /**
   * @param {Preferences} preferences
   * @param {(language: import('./preferences.js').Language) => void} speak a language was chosen
   */
  constructor(preferences, speak) {
    this.#preferences = preferences;
    for (const radio of this.#radios('language')) {
      radio.addEventListener('change', () => speak(/** @type {import('./preferences.js').Language} */ (radio.value)));
    }
    for (const radio of this.#radios('theme')) {
      radio.addEventListener('change', () => preferences.set({ theme: /** @type {import('./preferences.js').Theme} */ (radio.value) }));
    }
    this.#subtitles.addEventListener('change', () => preferences.set({ subtitles: this.#subtitles.checked }));
    for (const radio of this.#radios('policy')) {
      radio.addEventListener('change', () => preferences.set({ policy: /** @type {import('./preferences.js').Policy} */ (radio.value) }));
    }
    for (const radio of this.#radios('listening')) {
      radio.addEventListener('change', () => preferences.set({ listening: /** @type {import('./preferences.js').ListeningMode} */ (radio.value) }));
    }
    for (const radio of this.#radios('mode')) {
      radio.addEventListener('change', () => preferences.set({ mode: /** @type {import('./preferences.js').Mode} */ (radio.value) }));
    }
    this.#volume.addEventListener('input', () => preferences.set({ volume: this.#volume.valueAsNumber, muted: this.#volume.valueAsNumber === 0 }));
  }

  /** @param {import('./texts.js').Texts} words */
  render(words) {
    const { language, theme, policy, subtitles, volume, muted, mode, listening } = this.#preferences.values;
    for (const radio of this.#radios('language')) radio.checked = radio.value === language;
    for (const radio of this.#radios('theme')) radio.checked = radio.value === theme;
    for (const radio of this.#radios('policy')) radio.checked = radio.value === policy;
    for (const radio of this.#radios('listening')) radio.checked = radio.value === listening;
    for (const radio of this.#radios('mode')) radio.checked = radio.value === mode;
    element('policy-text', HTMLElement).textContent = words[`settings.policy.${policy}.text`];
    this.#subtitles.checked = subtitles;
    const heard = muted ? 0 : volume;
    this.#volume.valueAsNumber = heard;
    this.#volume.style.setProperty('--filled', `${heard * 100}%`);
  }

  /**
   * @param {import('./texts.js').Texts} words
   * @param {number | null} sessionId
   * @param {ConnectionStatistics | null} statistics
   */
  renderConnection(words, sessionId, statistics) {
    const none = words['settings.none'];
    const show = (/** @type {string} */ id, /** @type {string | null} */ text) => (element(id, HTMLElement).textContent = text ?? none);
    show('detail-session', sessionId === null ? null : String(sessionId));
    show('detail-roundtrip', statistics?.roundTripMs == null ? null : `${Math.round(statistics.roundTripMs)} ms`);
    show('detail-picture', statistics?.width ? `${statistics.width} × ${statistics.height} · ${Math.round(statistics.framesPerSecond ?? 0)} fps` : null);
    show('detail-loss', statistics ? lossOf(statistics) : null);
  }

  /** @param {string} name */
  #radios(name) {
    return /** @type {NodeListOf<HTMLInputElement>} */ (document.querySelectorAll(`#settings input[name="${name}"]`));
  }
}

/** @param {ConnectionStatistics} statistics */
function lossOf({ packetsLost, packetsReceived }) {
  const sent = packetsLost + packetsReceived;
  return `${sent > 0 ? ((100 * Math.max(0, packetsLost)) / sent).toFixed(1) : '0.0'} %`;
}
