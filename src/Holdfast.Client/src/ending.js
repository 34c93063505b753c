/** @typedef {import('./errors.js').HoldfastError} HoldfastError */
/** @typedef {import('./state.js').EndReason} EndReason */

/** The server's words for a session whose time was over. */
const EXPIRIES = new Set(['graceOver', 'heldTooLong']);

/**
 * How a session ended, by the server's refusal; null where it did not.
 * @param {HoldfastError} error
 * @param {boolean} wasDue whether its time was over, as far as this client knows
 * @returns {EndReason | null}
 */
export function endReasonOf({ code, reason }, wasDue) {
  switch (code) {
    // A token that was right and is unknown now has been replaced more than once.
    case 'replaced':
    case 'unauthorized':
      return 'replaced';
    case 'gone':
      if (reason === null) return wasDue ? 'expired' : 'gone';
      return EXPIRIES.has(reason) ? 'expired' : 'closed';
    default:
      return null;
  }
}
