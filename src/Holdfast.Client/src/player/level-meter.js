/** Below this root mean square (-52 dBFS) nobody is speaking. */
const SILENCE = 0.0025;
/** Pauses between words are shorter than this. */
const HOLD_MS = 350;

/**
 * Hears how loud the avatar is: from the sound itself, before volume and mute.
 */
export class LevelMeter {
  #onLevel;
  /** @type {AudioContext | null} */
  #context = null;
  /** @type {MediaStreamAudioSourceNode | null} */
  #source = null;
  #lastSound = -Infinity;
  #frame = 0;

  /** @param {(level: number, speaking: boolean) => void} onLevel level 0 to 1, on the scale the ear has; on each frame of the page */
  constructor(onLevel) {
    this.#onLevel = onLevel;
  }

  /** To be called from a click: only then may a page make sound. */
  unlock() {
    if (!('AudioContext' in globalThis)) return;
    this.#context ??= new AudioContext();
    void this.#context.resume().catch(() => {});
  }

  /** @param {MediaStream | null} stream */
  listen(stream) {
    cancelAnimationFrame(this.#frame);
    this.#source?.disconnect();
    this.#source = null;
    this.#onLevel(0, false);
    if (!stream || !this.#context || stream.getAudioTracks().length === 0) return;
    const analyser = this.#context.createAnalyser();
    analyser.fftSize = 1024;
    this.#source = this.#context.createMediaStreamSource(stream);
    this.#source.connect(analyser);
    const samples = new Float32Array(analyser.fftSize);
    const measure = () => {
      analyser.getFloatTimeDomainData(samples);
      const loudness = rootMeanSquare(samples);
      const now = performance.now();
      if (loudness > SILENCE) this.#lastSound = now;
      this.#onLevel(levelOf(loudness), now - this.#lastSound < HOLD_MS);
      this.#frame = requestAnimationFrame(measure);
    };
    measure();
  }
}

/** @param {Float32Array} samples */
export function rootMeanSquare(samples) {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  return Math.sqrt(sum / samples.length);
}

/**
 * -52 dBFS is 0, -12 dBFS is 1.
 * @param {number} loudness
 */
export function levelOf(loudness) {
  if (loudness <= SILENCE) return 0;
  return Math.min(1, (20 * Math.log10(loudness) + 52) / 40);
}
