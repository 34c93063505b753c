// What the attributes of a player mean. Nonsense means the default: a page with a typing error still works.

/** @typedef {import('../policy.js').Policy} Policy */

/** @param {string | null} value @returns {Policy} */
export function policyOf(value) {
  return value === 'assisted' || value === 'auto' ? value : 'manual';
}

/** @param {string | null} value seconds @returns {number | undefined} undefined: the server's own */
export function graceOf(value) {
  const seconds = Number(value);
  return value !== null && Number.isInteger(seconds) && seconds > 0 ? seconds : undefined;
}

/** @param {string | null} value @returns {number} 0 to 1 */
export function volumeOf(value) {
  const volume = value === null || value.trim() === '' ? 1 : Number(value);
  return volume >= 0 && volume <= 1 ? volume : 1;
}

/**
 * Where the server is, without a slash at the end; empty for the page's own origin, whatever way it is written.
 * @param {string | null} value the attribute
 * @param {string} module where the player itself came from: `<server>/holdfast/player/element.js`
 * @param {string} page the page's address
 */
export function serverOf(value, module, page) {
  const url = value ? new URL(value, page) : new URL('../..', module);
  const path = url.pathname.replace(/\/+$/, '');
  return url.origin === new URL(page).origin ? path : url.origin + path;
}
