import { HoldfastError, isUnheard } from './errors.js';
import { HELD_AFTER_MS, isAway, isElsewhere, isKept, isLive } from './states.js';

export * from './states.js';

/** What is still on its way when the server says that it stops arrives within so much; what comes later is from the next one. */
const TRICKLE_MS = 1_500;

/** @typedef {import('./states.js').Connected} Connected */
/** @typedef {import('./states.js').Held} Held */
/** @typedef {import('./states.js').HeldReason} HeldReason */
/** @typedef {import('./states.js').Interrupted} Interrupted */
/** @typedef {import('./states.js').Level} Level */
/** @typedef {import('./states.js').Reconnecting} Reconnecting */
/** @typedef {import('./states.js').SessionAction} SessionAction */
/** @typedef {import('./states.js').SessionState} SessionState */

/**
 * The state after an action; the same object where the action changes nothing.
 * @param {SessionState} state
 * @param {SessionAction} action
 * @returns {SessionState}
 */
export function reduce(state, action) {
  if ('attempt' in action && action.attempt !== state.attempt) return state;
  switch (action.type) {
    case 'start':
      return isStartable(state)
        ? { status: 'starting', attempt: state.attempt + 1, step: 'offering', since: action.at, sessionId: null, generation: 0, graceMs: 0 }
        : state;
    case 'offered':
      return state.status === 'starting' ? { ...state, step: 'requesting' } : state;
    case 'created': {
      const { sessionId, generation, graceMs } = action;
      return state.status === 'starting' ? { ...state, step: 'connecting', sessionId, generation, graceMs } : state;
    }
    case 'found':
      return isLive(state) || state.status === 'stopping' ? state : foundState(state, action);
    case 'transport':
      return reduceTransport(state, action);
    case 'flowing':
      return state.status === 'interrupted' || (state.status === 'held' && !isElsewhere(state) && (!isOverARestart(state) || action.at - state.since >= TRICKLE_MS))
        ? connectedFrom(state, action.at, { level: 0, generation: state.generation })
        : state;
    case 'silent':
      return state.status === 'connected' ? interruptedFrom(state, action.since, 'silent') : state;
    case 'tick':
      return state.status === 'interrupted' && action.at - state.since >= HELD_AFTER_MS ? heldFrom(state, 'silent') : state;
    case 'answered':
      return reduceAnswered(state, action);
    case 'unanswered':
      return reduceUnanswered(state, action.beat);
    case 'heard':
      return isAway(state) ? { ...state, word: 'kept', heardAt: action.at } : state;
    case 'climb':
      return state.status === 'interrupted' || state.status === 'held' ? climbingFrom(state, action) : state;
    case 'rung':
      return state.status === 'reconnecting' && state.level !== action.level ? { ...state, level: action.level } : state;
    case 'climbed':
      return state.status === 'reconnecting' ? connectedFrom(state, action.at, action) : state;
    case 'fell':
      return state.status === 'reconnecting' ? fallenFrom(state, action.error) : state;
    case 'failed':
      return state.status === 'starting' ? { status: 'error', attempt: state.attempt, error: action.error } : state;
    case 'restarting':
      return reduceRestarting(state, action.at);
    case 'taken':
      return isKept(state) ? takenFrom(state, action.at) : state;
    case 'over':
      return isKept(state) ? { status: 'ended', attempt: state.attempt, sessionId: state.sessionId, reason: action.reason, why: action.why } : state;
    case 'stop':
      return isLive(state) && 'sessionId' in state
        ? { status: 'stopping', attempt: state.attempt, sessionId: state.sessionId }
        : state;
    case 'stopped':
      return state.status === 'stopping'
        ? { status: 'ended', attempt: state.attempt, sessionId: state.sessionId, reason: 'stopped', why: null }
        : state;
  }
}

/**
 * A new session can be started where none is, and where the caller gives up one that does not work.
 * @param {SessionState} state
 */
function isStartable(state) {
  return !isLive(state) || isAway(state);
}

/**
 * @param {SessionState} state
 * @param {Extract<SessionAction, { type: 'found' }>} found
 * @returns {Held}
 */
function foundState(state, { sessionId, graceMs, expiresAt, since, elsewhere }) {
  const reason = elsewhere ? 'elsewhere' : 'reloaded';
  return { status: 'held', attempt: state.attempt + 1, sessionId, generation: 0, missed: 0, since, expiresAt, word: 'asking', heardAt: since, graceMs, reason, problem: null };
}

/**
 * @param {Connected} state
 * @param {number} since
 * @param {'silent' | 'disconnected'} reason
 * @returns {Interrupted}
 */
function interruptedFrom({ attempt, sessionId, generation, missed, graceMs }, since, reason) {
  return { status: 'interrupted', attempt, sessionId, generation, missed, since, expiresAt: since + graceMs, word: 'asking', heardAt: since, graceMs, reason };
}

/**
 * @param {Interrupted | Held | Reconnecting} state
 * @param {HeldReason} reason
 * @returns {Held}
 */
function heldFrom({ attempt, sessionId, generation, missed, since, expiresAt, word, heardAt, graceMs }, reason) {
  return { status: 'held', attempt, sessionId, generation, missed, since, expiresAt, word, heardAt, graceMs, reason, problem: null };
}

/**
 * @param {Reconnecting} state
 * @param {HoldfastError} problem
 * @returns {Held}
 */
function fallenFrom(state, problem) {
  const held = { ...heldFrom(state, state.reason), problem };
  return isUnheard(problem) ? { ...held, word: 'none' } : held;
}

/**
 * @param {Connected | Interrupted | Held | Reconnecting} state
 * @param {number} at
 * @returns {SessionState}
 */
function takenFrom(state, at) {
  if (isElsewhere(state)) return state;
  return heldFrom(state.status === 'connected' ? interruptedFrom(state, at, 'disconnected') : state, 'elsewhere');
}

/**
 * @param {Interrupted | Held | Reconnecting} state
 * @param {number} at
 * @param {{ level: 0 | Level, generation: number }} how
 * @returns {Connected}
 */
function connectedFrom({ attempt, sessionId, missed, since, graceMs }, at, { level, generation }) {
  return {
    status: 'connected',
    attempt: level === 3 ? attempt + 1 : attempt,
    sessionId,
    generation,
    missed: level >= 2 ? 0 : missed,
    since: at,
    graceMs,
    resumed: { level, awayMs: at - since },
  };
}

/**
 * @param {Interrupted | Held} state
 * @param {Extract<SessionAction, { type: 'climb' }>} action
 * @returns {Reconnecting}
 */
function climbingFrom(state, { level, by }) {
  const { attempt, sessionId, generation, missed, since, expiresAt, word, heardAt, graceMs } = state;
  const reason = state.status === 'held' ? state.reason : 'silent';
  return { status: 'reconnecting', attempt, sessionId, generation, missed, since, expiresAt, word, heardAt, graceMs, reason, level, by };
}

/**
 * @param {SessionState} state
 * @param {Extract<SessionAction, { type: 'answered' }>} action
 * @returns {SessionState}
 */
function reduceAnswered(state, { at, leftMs }) {
  if (state.status === 'connected') return state.missed === 0 ? state : { ...state, missed: 0 };
  if (!isAway(state)) return state;
  // A server that answers again is back.
  const news = state.reason !== 'restarting' ? {} : state.status === 'held' ? { reason: 'restarted', problem: null } : { reason: 'restarted' };
  return /** @type {SessionState} */ ({ ...state, ...news, missed: 0, expiresAt: at + leftMs, word: 'kept', heardAt: at });
}

/**
 * @param {SessionState} state
 * @param {boolean} beat
 * @returns {SessionState}
 */
function reduceUnanswered(state, beat) {
  const missed = isKept(state) && beat ? state.missed + 1 : 0;
  if (state.status === 'connected') return beat ? { ...state, missed } : state;
  if (!isAway(state)) return state;
  return beat || state.word !== 'none' ? { ...state, missed: beat ? missed : state.missed, word: 'none' } : state;
}

/**
 * The server's own word that it keeps the session.
 * @param {SessionState} state
 * @param {number} at
 * @returns {SessionState}
 */
function reduceRestarting(state, at) {
  const kept = { word: /** @type {const} */ ('kept'), heardAt: at };
  switch (state.status) {
    case 'connected':
      return { ...heldFrom(interruptedFrom(state, at, 'silent'), 'restarting'), ...kept };
    case 'interrupted':
      return { ...heldFrom(state, 'restarting'), ...kept };
    case 'held':
      return state.reason === 'elsewhere' || state.reason === 'restarting' ? state : { ...heldFrom(state, 'restarting'), ...kept };
    case 'reconnecting':
      return { ...state, reason: 'restarting', ...kept };
    case 'idle':
    case 'starting':
    case 'stopping':
    case 'ended':
    case 'error':
      return state;
  }
}

/**
 * The server's process is gone, or going: what still trickles in of it, or the browser says of it, means nothing. What comes later than that is the
 * next process, which goes on with the same connection.
 * @param {Held} state
 */
function isOverARestart({ reason }) {
  return reason === 'restarting' || reason === 'restarted';
}

/**
 * @param {SessionState} state
 * @param {Extract<SessionAction, { type: 'transport' }>} action
 * @returns {SessionState}
 */
function reduceTransport(state, action) {
  switch (state.status) {
    case 'starting': {
      if (state.sessionId === null) return state;
      const { attempt, sessionId, generation, graceMs } = state;
      switch (action.state) {
        case 'connected':
          return { status: 'connected', attempt, sessionId, generation, missed: 0, since: action.at, graceMs, resumed: null };
        case 'failed':
        case 'closed':
          return { status: 'error', attempt, error: new HoldfastError('unreachable', 'No media path to the server was found.') };
        case 'new':
        case 'connecting':
        case 'disconnected':
          return state;
      }
      return state;
    }
    case 'connected':
    case 'interrupted':
    case 'held': {
      const lost = lossOf(action.state);
      if (lost === null) return state;
      const away = state.status === 'connected' ? interruptedFrom(state, action.at, 'disconnected') : state;
      if (lost !== 'disconnected') return state.status === 'held' && (state.reason === lost || state.reason === 'elsewhere' || isOverARestart(state)) ? state : heldFrom(away, lost);
      // What the packets said before is not news, and what was given up does not get better by being merely unsteady.
      return away;
    }
    case 'idle':
    case 'reconnecting':
    case 'stopping':
    case 'ended':
    case 'error':
      return state;
  }
}

/**
 * What the browser's word means for a connection that was up once. Chromium goes back to `new` when the other side closes
 * DTLS. That it believes to be connected is no news: only packets prove it.
 * @param {RTCPeerConnectionState} transport
 */
function lossOf(transport) {
  switch (transport) {
    case 'disconnected':
      return 'disconnected';
    case 'failed':
      return 'failed';
    case 'closed':
    case 'new':
      return 'closed';
    case 'connected':
    case 'connecting':
      return null;
  }
}
