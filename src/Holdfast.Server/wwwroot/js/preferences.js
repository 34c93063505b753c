/** @typedef {'zh-CN' | 'en'} Language */
/** @typedef {'system' | 'light' | 'dark'} Theme */
/** @typedef {import('../holdfast/index.js').Policy} Policy */
/** @typedef {import('../holdfast/index.js').SayMode} Mode */
/** @typedef {import('../holdfast/index.js').ListeningMode} ListeningMode */

/**
 * What a person chose, kept in the browser.
 * @typedef {object} PreferenceValues
 * @property {Language} language
 * @property {Theme} theme
 * @property {number} volume 0 to 1
 * @property {boolean} muted
 * @property {boolean} subtitles
 * @property {Policy} policy who decides that a lost connection comes back
 * @property {string} avatar empty: the server's default
 * @property {string} voice empty: the avatar's own
 * @property {number} speed how fast is spoken; 1 is usual
 * @property {string} model empty: the server's default
 * @property {Mode} mode how what is written is meant
 * @property {ListeningMode} listening when the person is heard
 * @property {string} microphone the browser's name for it; empty: the system's own choice
 * @property {'server' | 'browser'} ears who understands what the person says, where the server cannot
 */

/** @typedef {{ getItem(key: string): string | null, setItem(key: string, value: string): void }} KeyValueStorage */

/** `change`: a preference was set. */
export class Preferences extends EventTarget {
  #storage;
  /** @type {PreferenceValues} */
  #values;

  /**
   * @param {KeyValueStorage} storage
   * @param {string} browserLanguage
   */
  constructor(storage, browserLanguage) {
    super();
    this.#storage = storage;
    this.#values = {
      language: languageOf(this.#read('language') ?? browserLanguage),
      theme: themeOf(this.#read('theme')),
      volume: volumeOf(this.#read('volume')),
      muted: this.#read('muted') === 'true',
      subtitles: this.#read('subtitles') !== 'false',
      policy: policyOf(this.#read('policy')),
      avatar: this.#read('avatar') ?? '',
      voice: this.#read('voice') ?? '',
      speed: speedOf(this.#read('speed')),
      model: this.#read('model') ?? '',
      mode: this.#read('mode') === 'echo' ? 'echo' : 'chat',
      listening: this.#read('listening') === 'pushToTalk' ? 'pushToTalk' : 'handsFree',
      microphone: this.#read('microphone') ?? '',
      ears: this.#read('ears') === 'browser' ? 'browser' : 'server',
    };
  }

  get values() {
    return this.#values;
  }

  /** @param {Partial<PreferenceValues>} changes */
  set(changes) {
    this.#values = { ...this.#values, ...changes };
    for (const [key, value] of Object.entries(changes)) {
      try {
        this.#storage.setItem(`holdfast.${key}`, String(value));
      } catch {
        // Storage can be full or forbidden; the choice then lasts as long as the page.
      }
    }
    this.dispatchEvent(new Event('change'));
  }

  /** @param {string} key */
  #read(key) {
    try {
      return this.#storage.getItem(`holdfast.${key}`);
    } catch {
      return null;
    }
  }
}

/** How fast an avatar can be asked to speak. */
export const speeds = /** @type {const} */ ({ slow: 0.8, usual: 1, fast: 1.25, veryFast: 1.5 });

/** @param {string | null} text */
function speedOf(text) {
  return Object.values(speeds).find((speed) => String(speed) === text) ?? 1;
}

/**
 * @param {string} tag
 * @returns {Language}
 */
export function languageOf(tag) {
  return /^zh\b/i.test(tag) ? 'zh-CN' : 'en';
}

/**
 * @param {string | null} value
 * @returns {Theme}
 */
function themeOf(value) {
  return value === 'light' || value === 'dark' ? value : 'system';
}

/**
 * @param {string | null} value
 * @returns {Policy}
 */
function policyOf(value) {
  return value === 'assisted' || value === 'auto' ? value : 'manual';
}

/** @param {string | null} value */
function volumeOf(value) {
  const volume = value === null ? 1 : Number(value);
  return volume >= 0 && volume <= 1 ? volume : 1;
}

/**
 * The browser's own storage, or one that forgets where there is none.
 * @returns {KeyValueStorage}
 */
export function browserStorage() {
  try {
    return localStorage;
  } catch {
    return { getItem: () => null, setItem: () => {} };
  }
}
