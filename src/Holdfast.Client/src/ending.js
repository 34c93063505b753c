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
      return reason === null ? (wasDue ? 'expired' : 'gone') : endOf(reason);
    default:
      return null;
  }
}

/**
 * How a session ended, by its journal; null for an entry that does not end it.
 * @param {import('./journal.js').JournalEntry} entry
 * @returns {{ reason: EndReason, why: string | null } | null}
 */
export function endOfEntry({ kind, data }) {
  if (kind !== 'state' || (data?.to !== 'closed' && data?.to !== 'expired')) return null;
  const why = typeof data.reason === 'string' ? data.reason : null;
  return { reason: data.to === 'expired' ? 'expired' : why === null ? 'closed' : endOf(why), why };
}

/** @param {string} reason the server's word @returns {'expired' | 'closed'} */
function endOf(reason) {
  return EXPIRIES.has(reason) ? 'expired' : 'closed';
}
