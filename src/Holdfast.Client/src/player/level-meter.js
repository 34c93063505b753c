/** Below this root mean square (-52 dBFS) nobody is speaking. */
const SILENCE = 0.0025;
/** Pauses between words are shorter than this. */
const HOLD_MS = 350;
/**
 * How often the page is told. Not on each of its frames: what is drawn 60 times a second keeps the whole page at work
 * beside a video of 25 pictures a second (measured: half of what a speaking page took).
 */
const INTERVAL_MS = 80;
/** Levels are told in steps: a smaller change is not seen, and is not worth drawing. */
const STEPS = 20;

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
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #timer;

  /** @param {(level: number, speaking: boolean) => void} onLevel level 0 to 1 in steps of 0.05, on the scale the ear has; each 80 ms while there is a stream */
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
    clearInterval(this.#timer);
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
    };
    measure();
    this.#timer = setInterval(measure, INTERVAL_MS);
  }
}

/** @param {Float32Array} samples */
export function rootMeanSquare(samples) {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  return Math.sqrt(sum / samples.length);
}

/**
 * -52 dBFS is 0, -12 dBFS is 1, in twenty steps.
 * @param {number} loudness
 */
export function levelOf(loudness) {
  if (loudness <= SILENCE) return 0;
  return Math.min(1, Math.round(((20 * Math.log10(loudness) + 52) / 40) * STEPS) / STEPS);
}
