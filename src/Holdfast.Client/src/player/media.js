import { find } from './dom.js';
import { LevelMeter } from './level-meter.js';

/**
 * What the person sees and hears of the avatar: preview, picture, sound. A page that brings elements of its own (the slots `picture` and
 * `sound`) has them used in the place of the player's.
 */
export class Media {
  #root;
  #stage;
  #video;
  #audio;
  #volume = { volume: 1, muted: false };
  #preview;
  #illustration;
  #sound;
  #meter = new LevelMeter((level, speaking) => this.#showLevel(level, speaking));
  #speaking = false;
  #level = 0;

  /**
   * @param {ShadowRoot} root
   * @param {(level: number, speaking: boolean) => void} onLevel how loud the avatar is, 0 to 1, while it is heard
   */
  constructor(root, onLevel) {
    this.#root = root;
    this.#stage = find(root, 'stage', HTMLElement);
    this.#video = find(root, 'video', HTMLVideoElement);
    this.#audio = find(root, 'audio', HTMLAudioElement);
    this.#preview = find(root, 'preview', HTMLImageElement);
    this.#illustration = find(root, 'illustration', SVGElement);
    this.#sound = find(root, 'sound', HTMLButtonElement);
    this.onLevel = onLevel;
    this.#video.addEventListener('playing', showPicture);
    for (const id of ['picture-slot', 'sound-slot']) find(root, id, HTMLSlotElement).addEventListener('slotchange', () => this.#adopt());
    this.#adopt();
    this.#preview.addEventListener('load', () => this.#showPreview(true));
    this.#preview.addEventListener('error', () => this.#showPreview(false));
    this.#sound.addEventListener('click', () => {
      this.unlock();
      this.#meter.listen(/** @type {MediaStream | null} */ (this.#audio.srcObject));
      void this.#play();
    });
  }

  /** The element that shows the picture. */
  get video() {
    return this.#video;
  }

  /** To be called from a click: only then may a page make sound. */
  unlock() {
    this.#meter.unlock();
  }

  /** @param {string | null} url of the avatar's picture; null where there is none */
  preview(url) {
    if (url === null) {
      this.#preview.removeAttribute('src');
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

  /** Takes the page's elements, or its own again; what is playing plays on. */
  #adopt() {
    const [video] = find(this.#root, 'picture-slot', HTMLSlotElement).assignedElements({ flatten: true });
    const [audio] = find(this.#root, 'sound-slot', HTMLSlotElement).assignedElements({ flatten: true });
    if (video instanceof HTMLVideoElement && video !== this.#video) {
      const stream = this.#video.srcObject;
      this.#video.removeEventListener('playing', showPicture);
      this.#video.srcObject = null;
      this.#video = video;
      this.#video.muted = true;
      this.#video.addEventListener('playing', showPicture);
      this.#video.srcObject = stream;
    }

    if (audio instanceof HTMLAudioElement && audio !== this.#audio) {
      const stream = this.#audio.srcObject;
      this.#audio.srcObject = null;
      this.#audio = audio;
      this.setVolume(this.#volume.volume, this.#volume.muted);
      this.#audio.srcObject = stream;
    }
  }

  /**
   * @param {number} volume 0 to 1
   * @param {boolean} muted
   */
  setVolume(volume, muted) {
    this.#volume = { volume, muted };
    this.#audio.volume = volume;
    this.#audio.muted = muted;
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
    if (speaking === this.#speaking && (!speaking || level === this.#level)) return;
    this.#speaking = speaking;
    this.#level = level;
    this.#stage.style.setProperty('--level', level.toFixed(2));
    this.#stage.classList.toggle('talking', speaking);
    this.onLevel(level, speaking);
  }

  /** @param {boolean} there */
  #showPreview(there) {
    this.#preview.hidden = !there;
    this.#illustration.toggleAttribute('hidden', there);
  }
}

/** Until then the preview stands there. @param {Event} event */
function showPicture({ currentTarget }) {
  /** @type {HTMLVideoElement} */ (currentTarget).classList.add('playing');
}
