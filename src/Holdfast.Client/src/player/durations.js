/** @typedef {import('./texts.js').Texts} Texts */

/**
 * A time that runs down, as `m:ss`. It is rounded up, so that `0:00` is shown only when nothing is left.
 * @param {number} ms
 */
export function countdown(ms) {
  const seconds = Math.max(0, Math.ceil(ms / 1_000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

/**
 * How much of a ring is left, 1 to 0.
 * @param {number} leftMs
 * @param {number} wholeMs
 */
export function share(leftMs, wholeMs) {
  return wholeMs > 0 ? Math.min(1, Math.max(0, leftMs / wholeMs)) : 0;
}

/**
 * A grace period in words: whole minutes as minutes, everything else as seconds.
 * @param {number} ms
 * @param {Texts} words
 */
export function graceWords(ms, words) {
  const seconds = Math.round(ms / 1_000);
  return seconds >= 60 && seconds % 60 === 0 ? words['duration.minutes'](String(seconds / 60)) : words['duration.seconds'](String(seconds));
}

/**
 * How long something took: `12.4 s` below a minute, `3:05` from there on, `1:02:45` from an hour on.
 * @param {number} ms
 * @param {Texts} words
 */
export function spanWords(ms, words) {
  // Told by what is shown: 59.96 s would be written "60.0 s".
  if (ms < 59_950) return words['duration.precise']((Math.max(0, ms) / 1_000).toFixed(1));
  const seconds = Math.round(ms / 1_000);
  const [hours, minutes, rest] = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60, seconds % 60];
  const two = (/** @type {number} */ part) => String(part).padStart(2, '0');
  return hours > 0 ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}
