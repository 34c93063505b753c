import { UNREACHABLE_AFTER_MISSED } from './state.js';

/** @typedef {import('./state.js').SessionState} SessionState */

/**
 * One line for the console about a change of state: which session, from what to what, why, and how long it is still kept.
 * Null where nothing changed that is worth a line.
 * @param {SessionState} state
 * @param {SessionState} previous
 * @param {number} now
 */
export function narrate(state, previous, now) {
  const name = `[holdfast] session ${('sessionId' in state ? state.sessionId : null) ?? '-'}`;
  if (state.status !== previous.status || ('step' in state && 'step' in previous && state.step !== previous.step)) {
    return `${name}: ${labelOf(previous)} -> ${labelOf(state)}${detailOf(state, now)}`;
  }
  if (state.status === 'reconnecting' && previous.status === 'reconnecting' && state.level !== previous.level) {
    return `${name}: level ${previous.level} did not bring it back, trying level ${state.level}`;
  }
  if (state.status === 'held' && previous.status === 'held' && state.reason !== previous.reason) {
    return `${name}: ${labelOf(state)}${detailOf(state, now)}`;
  }
  if ('missed' in state && 'missed' in previous && state.missed > previous.missed) {
    const unreachable = state.missed >= UNREACHABLE_AFTER_MISSED ? '; the server cannot be reached' : '';
    return `${name}: heartbeat without an answer (${state.missed} in a row)${unreachable}`;
  }
  if ('missed' in state && 'missed' in previous && state.missed === 0 && previous.missed >= UNREACHABLE_AFTER_MISSED) {
    return `${name}: the server answers again`;
  }
  return null;
}

/** @param {SessionState} state */
function labelOf(state) {
  return state.status === 'starting' ? `starting (${state.step})` : state.status;
}

/**
 * @param {SessionState} state
 * @param {number} now
 */
function detailOf(state, now) {
  switch (state.status) {
    case 'connected':
      return state.resumed ? ` at level ${state.resumed.level} after ${seconds(state.resumed.awayMs)}` : '';
    case 'interrupted':
      return ` (${state.reason}); kept for ${seconds(state.expiresAt - now)}`;
    case 'held':
      return ` (${state.reason}${state.problem ? `; reconnecting failed: ${state.problem.message}` : ''}); kept for ${seconds(state.expiresAt - now)}, reconnect when you like`;
    case 'reconnecting':
      return ` at level ${state.level}, asked by the ${state.by}`;
    case 'ended':
      return ` (${state.reason})`;
    case 'error':
      return ` (${state.error.code}): ${state.error.message}`;
    case 'idle':
    case 'starting':
    case 'stopping':
      return '';
  }
}

/** @param {number} ms */
function seconds(ms) {
  return `${(Math.max(0, ms) / 1_000).toFixed(1)} s`;
}
