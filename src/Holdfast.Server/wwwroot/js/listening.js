import { BrowserEars } from './browser-ears.js';
import { HoldButton } from './hold-button.js';
import { Microphone } from './microphone.js';

/** @typedef {import('../holdfast/player.js').HoldfastPlayer} HoldfastPlayer */
/** @typedef {import('../holdfast/index.js').SayMode} SayMode */
/** @typedef {import('./notes.js').Note} Note */
/** @typedef {import('./preferences.js').Preferences} Preferences */
/** @typedef {import('./texts.js').Texts} Texts */

/** How the person is heard: the microphone, the button that is held to talk, and who understands them. */
export class Listening {
  #player;
  #preferences;
  #note;
  #ears;
  #microphone;
  #button;
  #mode;

  /**
   * @param {HoldfastPlayer} player
   * @param {Preferences} preferences
   * @param {(note: Note) => void} note writes it into the conversation
   * @param {() => Texts} words
   * @param {() => SayMode} mode how what was understood is meant
   * @param {() => void} onChange the person is heard, or not any more
   */
  constructor(player, preferences, note, words, mode, onChange) {
    this.#player = player;
    this.#preferences = preferences;
    this.#note = note;
    this.#mode = preferences.values.listening;
    const browser = /** @type {any} */ (globalThis);
    this.#ears = new BrowserEars(browser.SpeechRecognition ?? browser.webkitSpeechRecognition, {
      language: () => preferences.values.language,
      onText: (text) => player.session.outbox.add(text, { mode: mode() }),
      onTrouble: (reason) => {
        player.notify(words()[reason]);
        onChange();
      },
    });
    this.#microphone = new Microphone(player, preferences, words, this.#ears, { onUnheard: () => this.#offerEars(), onChange });
    this.#button = new HoldButton(player, words, onChange);
    preferences.addEventListener('change', () => this.#onChoice());
  }

  /** Whether the person is heard when they speak. */
  get isHeard() {
    return this.#ears.isOn || (this.#microphone.isOpen && (this.#mode === 'handsFree' || this.#button.isHeld));
  }

  /** The person clicked the microphone, before this was there to hear it. */
  start() {
    return this.#microphone.start();
  }

  /** The session is over. */
  stop() {
    this.#microphone.stop();
  }

  /** @param {boolean} isSpeaking whether the avatar is heard now */
  render(isSpeaking) {
    this.#microphone.render();
    this.#button.render(this.#microphone.isOpen && this.#mode === 'pushToTalk');
    this.#ears.rest(isSpeaking);
  }

  #onChoice() {
    const { listening } = this.#preferences.values;
    if (listening === this.#mode) return;
    this.#mode = listening;
    // Where the server cannot be told now, it is told with the next connection.
    if (this.#microphone.isOpen) this.#player.session.listen({ mode: listening }).catch(() => {});
  }

  /** Where the server understands no speech, the person decides whether the browser may. */
  #offerEars() {
    const run = () => {
      this.#preferences.set({ ears: 'browser' });
      void this.#microphone.start();
    };
    this.#note({ tone: 'quiet', words: (t) => t['mic.ears'], outage: null, action: { label: 'mic.ears.use', run } });
  }
}
