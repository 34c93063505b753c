/**
 * How a connection is doing, from the browser's own statistics. Null where the browser does not say.
 * @typedef {object} ConnectionStatistics
 * @property {number | null} roundTripMs of the path in use
 * @property {number | null} framesPerSecond
 * @property {number | null} width of the picture, in pixels
 * @property {number | null} height
 * @property {number} framesDecoded
 * @property {number} packetsReceived sound and picture
 * @property {number} packetsLost
 * @property {number} freezeCount
 */

/**
 * Picks what people want to know out of a statistics report.
 * @param {Iterable<[string, any]>} report an `RTCStatsReport`
 * @returns {ConnectionStatistics}
 */
export function summarize(report) {
  const all = new Map(report);
  /** @type {ConnectionStatistics} */
  const statistics = {
    roundTripMs: roundTrip(all),
    framesPerSecond: null,
    width: null,
    height: null,
    framesDecoded: 0,
    packetsReceived: 0,
    packetsLost: 0,
    freezeCount: 0,
  };
  for (const entry of all.values()) {
    if (entry.type !== 'inbound-rtp') continue;
    statistics.packetsReceived += entry.packetsReceived ?? 0;
    statistics.packetsLost += entry.packetsLost ?? 0;
    if (entry.kind !== 'video') continue;
    statistics.framesPerSecond = entry.framesPerSecond ?? null;
    statistics.width = entry.frameWidth ?? null;
    statistics.height = entry.frameHeight ?? null;
    statistics.framesDecoded = entry.framesDecoded ?? 0;
    statistics.freezeCount = entry.freezeCount ?? 0;
  }
  return statistics;
}

/** @param {Map<string, any>} all */
function roundTrip(all) {
  for (const entry of all.values()) {
    // Chromium names the pair on the transport; Firefox marks the pair itself.
    const pair = entry.type === 'transport' ? all.get(entry.selectedCandidatePairId) : entry.type === 'candidate-pair' && entry.selected ? entry : undefined;
    if (typeof pair?.currentRoundTripTime === 'number') return pair.currentRoundTripTime * 1000;
  }
  return null;
}
