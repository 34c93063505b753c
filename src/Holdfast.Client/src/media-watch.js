/**
 * What has arrived of a connection, in packets since it began.
 * @typedef {object} MediaCounts
 * @property {number} audioPackets
 * @property {number} videoPackets
 */

/**
 * Tells from counts of packets whether media flows. While a server asks whether the path is back it sends a silent packet now and
 * then; that is not media: pictures are, and sound at anything like its rate of 50 packets a second.
 */
export class MediaWatch {
  /** A path over which nothing came for so long is taken for dead, in milliseconds. */
  static SILENT_AFTER_MS = 1_000;
  /** Fewer packets of sound in a second than this are a server that asks, not one that plays. */
  static MIN_AUDIO_RATE = 12;
  /** Sound that comes back is known by so many packets within `RETURN_WINDOW_MS`. */
  static RETURN_PACKETS = 3;
  static RETURN_WINDOW_MS = 220;

  /** The samples of the last second, the oldest first. @type {{ at: number, audioPackets: number, videoPackets: number }[]} */
  #samples = [];
  #lastArrival;

  /** @param {number} at when it begins to be watched: until it is known better, media counts as flowing */
  constructor(at) {
    this.#lastArrival = at;
  }

  /** When the last media arrived, as far as the samples tell. */
  get lastArrival() {
    return this.#lastArrival;
  }

  /**
   * @param {number} at
   * @param {MediaCounts} counts
   * @returns {'flowing' | 'silent' | 'unknown'} `flowing`: media came since the sample before. `silent`: for a second, none did.
   */
  sample(at, { audioPackets, videoPackets }) {
    const samples = this.#samples;
    const last = samples.at(-1);
    samples.push({ at, audioPackets, videoPackets });
    while (samples.length > 2 && at - samples[1].at >= MediaWatch.SILENT_AFTER_MS) samples.shift();
    if (!last) return 'unknown';

    const recent = samples.find((sample) => at - sample.at <= MediaWatch.RETURN_WINDOW_MS) ?? last;
    if (videoPackets > last.videoPackets || audioPackets - recent.audioPackets >= MediaWatch.RETURN_PACKETS) {
      this.#lastArrival = at;
      return 'flowing';
    }

    const oldest = samples[0];
    const span = at - oldest.at;
    if (span < MediaWatch.SILENT_AFTER_MS) return 'unknown';
    const audioRate = ((audioPackets - oldest.audioPackets) * 1_000) / span;
    if (audioRate >= MediaWatch.MIN_AUDIO_RATE || videoPackets > oldest.videoPackets) return 'unknown';
    return 'silent';
  }
}
