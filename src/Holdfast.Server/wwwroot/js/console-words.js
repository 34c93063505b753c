/** @typedef {import('../holdfast/index.js').SessionState} SessionState */
/** @typedef {(typeof import('./console-texts.js').consoleTexts)['en']} Texts */
/** @typedef {keyof Texts['status']} StatusKey */

/** Why a session was lost, where there are words for it. @type {Record<string, 'expired' | 'closed' | 'replaced' | undefined>} */
const LOST = { expired: 'expired', closed: 'closed', replaced: 'replaced' };

/**
 * The few words beside the sign. That the session is kept is said only once the server has said so.
 * @param {SessionState} state
 * @returns {StatusKey}
 */
export function statusOf(state) {
  if (state.status !== 'held') return state.status;
  if (state.reason === 'elsewhere') return 'elsewhere';
  return state.word === 'kept' ? 'held' : 'lost';
}

/**
 * What is said when the state changes: the words that people know, when they are true.
 * @param {SessionState} state
 * @param {SessionState} previous
 * @param {Texts} t
 * @param {number} unreachableAfter how many heartbeats without an answer count
 * @returns {string | null}
 */
export function noticeOf(state, previous, t, unreachableAfter) {
  const known = 'word' in state && 'word' in previous ? firstWord(state, previous, t) : null;
  if (known) return known;
  if (state.status === 'connected' && previous.status === 'connected') {
    return state.missed >= unreachableAfter && previous.missed < unreachableAfter ? t.serverGone : null;
  }
  if (state.status === 'held' && (state.status !== previous.status || state.reason !== previous.reason)) return heldNotice(state, previous, t);
  if (state.status === previous.status) return null;
  switch (state.status) {
    case 'starting':
    case 'reconnecting':
      return t.connecting;
    case 'connected':
      return 'word' in previous ? t.restored : t.connected;
    case 'error':
      return state.error.code === 'full' ? t.full : t.notStarted;
    case 'ended': {
      const lost = LOST[state.reason];
      return state.reason === 'stopped' ? null : lost ? t[lost] : t.noSession;
    }
    default:
      return null;
  }
}

/**
 * The first that is known of the session after a loss: that the server keeps it, and how long, or that it does not answer.
 * @param {Extract<SessionState, { word: unknown }>} state
 * @param {Extract<SessionState, { word: unknown }>} previous
 * @param {Texts} t
 */
function firstWord(state, previous, t) {
  if (previous.word !== 'asking' || state.word === 'asking' || state.status === 'reconnecting' || state.reason === 'elsewhere') return null;
  return state.word === 'none' ? t.unheard : t.disconnected(state.expiresAt - state.heardAt);
}

/**
 * @param {Extract<SessionState, { status: 'held' }>} state
 * @param {SessionState} previous
 * @param {Texts} t
 */
function heldNotice(state, previous, t) {
  switch (state.reason) {
    case 'elsewhere':
      return t.elsewhere;
    case 'restarting':
      return t.restarting;
    case 'restarted':
      return t.restarted;
    case 'reloaded':
      return null;
    default:
      return previous.status === 'held' ? null : t.failed;
  }
}
