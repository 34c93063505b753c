/** @typedef {import('./texts.js').PlainTextKey} PlainTextKey */

/**
 * The recognition that some browsers have (Web Speech API), as far as it is used here.
 * @typedef {EventTarget & { lang: string, continuous: boolean, interimResults: boolean, start(): void, abort(): void }} Recognition
 */

/** What keeps it from listening at all, and what the person can do about it. @type {Record<string, PlainTextKey>} */
const REASONS = {
  'not-allowed': 'mic.denied',
  'service-not-allowed': 'mic.ears.failed',
  'audio-capture': 'mic.missing',
  network: 'mic.ears.failed',
  'language-not-supported': 'mic.ears.failed',
};

/**
 * Listens where the server cannot: the browser recognises, and what it understands goes the way of what is typed. While the avatar speaks it does not
 * listen, for it would hear the avatar.
 */
export class BrowserEars {
  #make;
  #language;
  #onText;
  #onTrouble;
  /** @type {Recognition | null} */
  #recognition = null;
  #isOn = false;
  #isResting = false;

  /**
   * @param {(new () => Recognition) | undefined} make the browser's own
   * @param {object} host
   * @param {() => string} host.language in which the person speaks, a BCP 47 tag
   * @param {(text: string) => void} host.onText a sentence was understood
   * @param {(reason: PlainTextKey) => void} host.onTrouble it cannot listen, and is off
   */
  constructor(make, { language, onText, onTrouble }) {
    this.#make = make;
    this.#language = language;
    this.#onText = onText;
    this.#onTrouble = onTrouble;
  }

  /** Whether this browser can. */
  get isThere() {
    return this.#make !== undefined;
  }

  get isOn() {
    return this.#isOn;
  }

  start() {
    if (!this.#make || this.#isOn) return;
    this.#isOn = true;
    this.#listen();
  }

  stop() {
    this.#isOn = false;
    this.#recognition?.abort();
    this.#recognition = null;
  }

  /** @param {boolean} isResting whether the avatar speaks */
  rest(isResting) {
    if (isResting === this.#isResting) return;
    this.#isResting = isResting;
    if (!this.#isOn) return;
    if (isResting) this.#recognition?.abort();
    else this.#listen();
  }

  #listen() {
    if (!this.#make || this.#recognition || this.#isResting) return;
    const recognition = (this.#recognition = new this.#make());
    recognition.lang = this.#language();
    recognition.continuous = true;
    recognition.interimResults = false;
    recognition.addEventListener('result', (event) => this.#onResult(recognition, event));
    recognition.addEventListener('error', (event) => {
      const reason = REASONS[/** @type {any} */ (event).error];
      if (recognition !== this.#recognition || !reason) return;
      this.stop();
      this.#onTrouble(reason);
    });
    // It ends by itself after a while of silence.
    recognition.addEventListener('end', () => {
      if (recognition !== this.#recognition) return;
      this.#recognition = null;
      if (this.#isOn) this.#listen();
    });
    recognition.start();
  }

  /**
   * @param {Recognition} recognition
   * @param {any} event
   */
  #onResult(recognition, event) {
    if (recognition !== this.#recognition || this.#isResting) return;
    for (let i = event.resultIndex; i < event.results.length; i++) {
      const text = event.results[i].isFinal ? event.results[i][0].transcript.trim() : '';
      if (text !== '') this.#onText(text);
    }
  }
}
