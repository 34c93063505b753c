/** What is kept while all arrives: what was on its way when a connection dies is only noticed later. */
const BEFORE_SECONDS = 5;
/** What is kept of one outage, with what came before it. */
const LONGEST_SECONDS = 60;

/**
 * What was kept of a sound.
 * @typedef {object} Kept
 * @property {Float32Array} samples -1 to 1, one channel
 * @property {number} rate samples a second
 * @property {number} beganAt when the first of them was heard
 * @property {number} peak the loudest of them
 */

/**
 * The newest seconds of a sound; from `hold` on everything, up to a bound: then the beginning counts, for that is what nobody else has. Pure:
 * it reads no clock.
 */
export class KeptSound {
  #rate;
  /** @type {{ samples: Int16Array, startAt: number }[]} */
  #pieces = [];
  #length = 0;
  #isHeld = false;

  /** @param {number} rate samples a second */
  constructor(rate) {
    this.#rate = rate;
  }

  /** Whether everything is kept. */
  get isHeld() {
    return this.#isHeld;
  }

  /** Whether there is no room for more of this outage. */
  get isFull() {
    return this.#isHeld && this.#length >= LONGEST_SECONDS * this.#rate;
  }

  /**
   * @param {Float32Array} samples -1 to 1
   * @param {number} at when the last of them was heard, in milliseconds
   */
  add(samples, at) {
    if (this.isFull) return;
    const piece = Int16Array.from(samples, (sample) => Math.round(Math.max(-1, Math.min(1, sample)) * 32_767));
    this.#pieces.push({ samples: piece, startAt: at - (samples.length * 1_000) / this.#rate });
    this.#length += piece.length;
    if (this.#isHeld) return;
    while (this.#length - this.#pieces[0].samples.length >= BEFORE_SECONDS * this.#rate) {
      this.#length -= this.#pieces[0].samples.length;
      this.#pieces.shift();
    }
  }

  /** From now on nothing is let go. */
  hold() {
    this.#isHeld = true;
  }

  /**
   * All that is kept; null where nothing is. The next outage may follow at once, so the newest seconds stay.
   * @returns {Kept | null}
   */
  take() {
    this.#isHeld = false;
    if (this.#length === 0) return null;
    const samples = new Float32Array(Math.min(this.#length, LONGEST_SECONDS * this.#rate));
    let filled = 0;
    let peak = 0;
    for (const piece of this.#pieces) {
      for (const sample of piece.samples) {
        if (filled === samples.length) break;
        samples[filled++] = sample / 32_768;
        peak = Math.max(peak, Math.abs(sample));
      }
    }
    return { samples, rate: this.#rate, beganAt: this.#pieces[0].startAt, peak: peak / 32_768 };
  }

  clear() {
    this.#pieces = [];
    this.#length = 0;
    this.#isHeld = false;
  }
}
