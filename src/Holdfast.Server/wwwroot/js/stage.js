import { element } from './dom.js';
import { LevelMeter } from './level-meter.js';

/** What the person sees and hears of the avatar: preview, picture, sound, subtitle. */
export class Stage {
  #stage = element('stage', HTMLElement);
  #video = element('video', HTMLVideoElement);
  #audio = element('audio', HTMLAudioElement);
  #preview = element('preview', HTMLImageElement);
  #illustration = /** @type {SVGElement} */ (/** @type {unknown} */ (document.getElementById('illustration')));
  #sound = element('sound', HTMLButtonElement);
  #subtitle = element('subtitle', HTMLElement);
  #meter = new LevelMeter((level, speaking) => this.#showLevel(level, speaking));
  #speaking = false;

  /** @param {(speaking: boolean) => void} onSpeaking the avatar begins or ends to be heard */
  constructor(onSpeaking) {
    this.onSpeaking = onSpeaking;
    this.#video.addEventListener('playing', () => this.#video.classList.add('playing'));
    this.#preview.addEventListener('load', () => this.#showPreview(true));
    this.#preview.addEventListener('error', () => this.#showPreview(false));
    this.#sound.addEventListener('click', () => {
      this.#meter.unlock();
      void this.#play();
    });
  }

  /** To be called from the click that starts a session, so that the sound may play. */
  unlock() {
    this.#meter.unlock();
  }

  /** @param {string | null} url of the avatar's picture; null where there is none */
  preview(url) {
    if (url === null) {
      this.#showPreview(false);
    } else if (this.#preview.getAttribute('src') !== url) {
      this.#preview.src = url;
    }
  }

  /** @param {MediaStream | null} stream */
  play(stream) {
    this.#video.classList.remove('playing');
    this.#video.srcObject = stream;
    this.#audio.srcObject = stream;
    this.#sound.hidden = true;
    this.#meter.listen(stream);
    if (!stream) return;
    // The picture is muted, which every browser lets play; the sound has an element of its own.
    void this.#video.play().catch(() => {});
    void this.#play();
  }

  /**
   * @param {number} volume 0 to 1
   * @param {boolean} muted
   */
  setVolume(volume, muted) {
    this.#audio.volume = volume;
    this.#audio.muted = muted;
  }

  /** @param {string} text empty: none */
  subtitle(text) {
    this.#subtitle.hidden = text === '';
    const line = document.createElement('span');
    line.textContent = text;
    this.#subtitle.replaceChildren(line);
  }

  async #play() {
    try {
      await this.#audio.play();
      this.#sound.hidden = true;
    } catch (thrown) {
      // AbortError: a newer stream took this one's place. Only a refusal needs the person.
      if (thrown instanceof DOMException && thrown.name === 'NotAllowedError') this.#sound.hidden = false;
    }
  }

  /**
   * @param {number} level
   * @param {boolean} speaking
   */
  #showLevel(level, speaking) {
    if (!speaking && !this.#speaking) return;
    document.documentElement.style.setProperty('--level', level.toFixed(2));
    if (speaking === this.#speaking) return;
    this.#speaking = speaking;
    this.#stage.classList.toggle('talking', speaking);
    this.onSpeaking(speaking);
  }

  /** @param {boolean} there */
  #showPreview(there) {
    this.#preview.hidden = !there;
    this.#illustration.toggleAttribute('hidden', there);
  }
}
