import { element } from './dom.js';

/** @typedef {import('../holdfast/player.js').HoldfastPlayer} HoldfastPlayer */
/** @typedef {import('./texts.js').Texts} Texts */

/** How often the level of the person's voice is shown. */
const LEVEL_INTERVAL_MS = 80;
/** A voice at an arm's length: about this much of full scale. */
const FULL = 0.25;

/** The person's microphone: on and off, how loud it is, and what to do where it cannot be on. */
export class Microphone {
  #player;
  #words;
  #onChange;
  #button = element('microphone', HTMLButtonElement);
  /** @type {MediaStream | null} */
  #stream = null;
  /** @type {AudioContext | null} */
  #meter = null;
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #timer;
  #isAsking = false;

  /**
   * @param {HoldfastPlayer} player
   * @param {() => Texts} words
   * @param {() => void} onChange it was turned on or off
   */
  constructor(player, words, onChange) {
    this.#player = player;
    this.#words = words;
    this.#onChange = onChange;
    this.#button.addEventListener('click', () => void this.#toggle());
  }

  get isOn() {
    return this.#stream !== null;
  }

  render() {
    const words = this.#words();
    const { view } = this.#player;
    this.#button.hidden = !view.canTalk && !this.isOn;
    this.#button.setAttribute('aria-pressed', String(this.isOn));
    this.#button.title = words[this.isOn ? 'mic.off' : 'mic.on'];
  }

  /** The session is over: nobody listens any more, and the browser's sign of a running microphone goes. */
  stop() {
    if (!this.#stream) return;
    clearInterval(this.#timer);
    for (const track of this.#stream.getTracks()) track.stop();
    void this.#meter?.close();
    this.#stream = this.#meter = null;
    this.#button.style.removeProperty('--level');
    void this.#player.session.setMicrophone(null).catch(() => {});
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
      this.#player.notify(words['mic.unheard']);
      return;
    }

    if (!navigator.mediaDevices?.getUserMedia) {
      this.#player.notify(words['mic.insecure']);
      return;
    }

    try {
      const stream = await navigator.mediaDevices.getUserMedia({ audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true } });
      this.#stream = stream;
      const [track] = stream.getAudioTracks();
      // The device was pulled out, or the permission taken back.
      track.addEventListener('ended', () => this.stop());
      this.#measure(stream);
      await session.setMicrophone(track);
    } catch (thrown) {
      this.stop();
      const name = thrown instanceof DOMException ? thrown.name : '';
      this.#player.notify(words[name === 'NotAllowedError' ? 'mic.denied' : name === 'NotFoundError' ? 'mic.missing' : 'mic.failed']);
    }
  }

  /** @param {MediaStream} stream */
  #measure(stream) {
    const meter = (this.#meter = new AudioContext());
    const analyser = meter.createAnalyser();
    analyser.fftSize = 512;
    meter.createMediaStreamSource(stream).connect(analyser);
    const samples = new Float32Array(analyser.fftSize);
    this.#timer = setInterval(() => {
      analyser.getFloatTimeDomainData(samples);
      const power = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
      this.#button.style.setProperty('--level', Math.min(1, Math.sqrt(power) / FULL).toFixed(2));
    }, LEVEL_INTERVAL_MS);
  }
}
