import { create, element } from './dom.js';

/** @typedef {import('../holdfast/player.js').HoldfastPlayer} HoldfastPlayer */
/** @typedef {import('./browser-ears.js').BrowserEars} BrowserEars */
/** @typedef {import('./preferences.js').Preferences} Preferences */
/** @typedef {import('./texts.js').Texts} Texts */

/** How often the level of the person's voice is shown. */
const LEVEL_INTERVAL_MS = 80;
/** A voice at an arm's length: about this much of full scale. */
const FULL = 0.25;
/** How the microphone is opened. */
const WISHES = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };

/** The person's microphone: on and off, which one, how loud it is, and what to do where it cannot be on. */
export class Microphone {
  #player;
  #preferences;
  #words;
  #ears;
  #onUnheard;
  #onChange;
  #button = element('microphone', HTMLButtonElement);
  #devices = element('choose-microphone', HTMLSelectElement);
  /** @type {MediaStream | null} */
  #stream = null;
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #timer;
  #isAsking = false;

  /**
   * @param {HoldfastPlayer} player
   * @param {Preferences} preferences
   * @param {() => Texts} words
   * @param {BrowserEars} ears the browser's own recognition
   * @param {object} host
   * @param {() => void} host.onUnheard the server understands nothing, and the browser could: whether it may is the person's choice
   * @param {() => void} host.onChange it was turned on or off
   */
  constructor(player, preferences, words, ears, { onUnheard, onChange }) {
    this.#player = player;
    this.#preferences = preferences;
    this.#words = words;
    this.#ears = ears;
    this.#onUnheard = onUnheard;
    this.#onChange = onChange;
    this.#button.addEventListener('click', () => void this.#toggle());
    this.#devices.addEventListener('change', () => void this.#choose(this.#devices.value));
    navigator.mediaDevices?.addEventListener('devicechange', () => void this.#list());
    player.session.addEventListener('microphone', () => this.#onKeeping());
  }

  get isOn() {
    return this.#stream !== null || this.#ears.isOn;
  }

  /** Whether its sound goes to the server. */
  get isOpen() {
    return this.#stream !== null;
  }

  render() {
    const words = this.#words();
    const { view } = this.#player;
    this.#button.hidden = !view.canTalk && !this.isOn;
    this.#button.setAttribute('aria-pressed', String(this.isOn));
    this.#button.title = words[this.isOn ? 'mic.off' : 'mic.on'];
    const [first] = this.#devices.options;
    if (first?.value === '') first.text = words['choice.microphone.own'];
  }

  /** Turns it on, as the button does. */
  start() {
    return this.isOn ? Promise.resolve() : this.#toggle();
  }

  /** The session is over: nobody listens any more, and the browser's sign of a running microphone goes. */
  stop() {
    if (!this.isOn) return;
    this.#ears.stop();
    if (this.#stream) {
      clearInterval(this.#timer);
      for (const track of this.#stream.getTracks()) track.stop();
      this.#stream = null;
      this.#button.style.removeProperty('--level');
      void this.#player.session.setMicrophone(null).catch(() => {});
    }
    this.#onChange();
  }

  async #toggle() {
    if (this.#isAsking) return;
    if (this.isOn) {
      this.stop();
      return;
    }

    this.#isAsking = true;
    try {
      await this.#start();
    } finally {
      this.#isAsking = false;
      this.#onChange();
    }
  }

  async #start() {
    const words = this.#words();
    const { session } = this.#player;
    const listening = await session.describe().then((view) => view.conversation?.listening, () => null);
    if (!listening?.available) {
      if (!this.#ears.isThere) this.#player.notify(words['mic.unheard']);
      else if (this.#preferences.values.ears === 'browser') this.#ears.start();
      else this.#onUnheard();
      return;
    }

    if (!navigator.mediaDevices?.getUserMedia) {
      this.#player.notify(words['mic.insecure']);
      return;
    }

    await this.#open();
  }

  /** Opens the chosen one, in the place of one that is open. */
  async #open() {
    const { session } = this.#player;
    const { microphone, listening } = this.#preferences.values;
    try {
      // One that is not there any more is no reason for silence.
      const stream = await navigator.mediaDevices.getUserMedia({ audio: { ...WISHES, ...(microphone ? { deviceId: { ideal: microphone } } : {}) } });
      const [track] = stream.getAudioTracks();
      for (const old of this.#stream?.getTracks() ?? []) old.stop();
      this.#stream = stream;
      // The device was pulled out, or the permission taken back.
      track.addEventListener('ended', () => {
        if (this.#stream !== stream) return;
        this.stop();
        this.#player.notify(this.#words()['mic.gone']);
      });
      clearInterval(this.#timer);
      this.#timer = setInterval(() => this.#button.style.setProperty('--level', Math.min(1, session.microphoneLevel / FULL).toFixed(2)), LEVEL_INTERVAL_MS);
      await session.listen({ mode: listening });
      await session.setMicrophone(track);
      await this.#list();
    } catch (thrown) {
      this.stop();
      const name = thrown instanceof DOMException ? thrown.name : '';
      this.#player.notify(this.#words()[name === 'NotAllowedError' ? 'mic.denied' : name === 'NotFoundError' ? 'mic.missing' : 'mic.failed']);
    }
  }

  /** @param {string} microphone */
  async #choose(microphone) {
    this.#preferences.set({ microphone });
    if (this.#stream) await this.#open();
  }

  /** Which ones there are: browsers tell who may use one. */
  async #list() {
    const all = await navigator.mediaDevices.enumerateDevices().catch(() => []);
    const named = all.filter(({ kind, label, deviceId }) => kind === 'audioinput' && label !== '' && deviceId !== 'default' && deviceId !== 'communications');
    /** @type {HTMLElement} */ (this.#devices.parentElement).hidden = named.length < 2;
    const own = create('option', '', this.#words()['choice.microphone.own']);
    own.value = '';
    this.#devices.replaceChildren(own, ...named.map(({ deviceId, label }) => {
      const option = create('option', '', label);
      option.value = deviceId;
      return option;
    }));
    const { microphone } = this.#preferences.values;
    this.#devices.value = named.some(({ deviceId }) => deviceId === microphone) ? microphone : '';
  }

  #onKeeping() {
    const words = this.#words();
    const { keeping } = this.#player.session;
    if (keeping === 'lost') this.#player.notify(words['mic.lost']);
    if (keeping === 'keeping' || keeping === 'full') this.#player.announce(words[`now.${keeping}`]);
    this.#onChange();
  }
}
