/**
 * A name that nothing else has: 128 random bits.
 * @param {() => number} random 0 to 1
 */
export function nameFrom(random) {
  return Array.from({ length: 4 }, () => Math.floor(random() * 0x1_0000_0000).toString(16).padStart(8, '0')).join('');
}
