import { HoldfastError } from './errors.js';

/**
 * The state of a session, as one discriminated union over `status`. Times are the environment's clock in milliseconds.
 *
 * - `idle`: nothing was started yet.
 * - `starting`: `offering` (the browser describes itself), `requesting` (the server is asked), `connecting` (the media
 *   path is being built).
 * - `connected`: sound and pictures flow. `resumed` says how the session came back, after an outage.
 * - `interrupted`: nothing arrives any more (`silent`), or the browser says so (`disconnected`). It can heal by itself.
 * - `held`: the connection is given up, the session is not: the server keeps it until `expiresAt`. Why: `silent` (too long
 *   nothing), `failed` (the browser gave up), `closed` (the other side ended the connection), `restarting` (the server stops, and
 *   keeps the session), `restarted` (it is back), `reloaded` (found in this tab's storage), `elsewhere` (found, but another tab has it: ask before taking it). `problem` is why the last attempt to
 *   come back failed.
 * - `reconnecting`: the ladder is being climbed; `level` 1 restarts the path without a message, 2 with the server's help,
 *   3 makes a new connection.
 * - `stopping`: the caller stops; the server is being told.
 * - `ended`: `stopped` by the caller, `expired`, `closed` by the server, `replaced` by another client, or `gone` where the
 *   server does not know (any more).
 * - `error`: starting did not work; `error` says why.
 *
 * `attempt` numbers the connections this client has made. A report from an older one changes nothing.
 *
 * @typedef {object} Kept what is common to the states in which the server has a session for this client
 * @property {number} attempt
 * @property {number} sessionId
 * @property {number} generation of the path, as far as this client knows
 * @property {number} missed heartbeats in a row without an answer; from 3 on the server counts as unreachable
 *
 * @typedef {object} Away what is common to the states without media
 * @property {number} since when the last media arrived
 * @property {number} expiresAt when the server lets the session go, as far as this client knows
 *
 * @typedef {{ level: 0 | Level, awayMs: number }} Resumed
 * @typedef {1 | 2 | 3} Level
 * @typedef {'person' | 'policy' | 'reload'} Initiator
 * @typedef {'silent' | 'failed' | 'closed' | 'restarting' | 'restarted' | 'reloaded' | 'elsewhere'} HeldReason
 * @typedef {'stopped' | 'expired' | 'closed' | 'replaced' | 'gone'} EndReason
 *
 * @typedef {{ status: 'idle', attempt: number }} Idle
 * @typedef {{ status: 'starting', attempt: number, step: 'offering' | 'requesting' | 'connecting', since: number, sessionId: number | null, generation: number, graceMs: number }} Starting
 * @typedef {Kept & { status: 'connected', since: number, graceMs: number, resumed: Resumed | null }} Connected
 * @typedef {Kept & Away & { status: 'interrupted', graceMs: number, reason: 'silent' | 'disconnected' }} Interrupted
 * @typedef {Kept & Away & { status: 'held', graceMs: number, reason: HeldReason, problem: HoldfastError | null }} Held
 * @typedef {Kept & Away & { status: 'reconnecting', graceMs: number, reason: HeldReason, level: Level, by: Initiator }} Reconnecting
 * @typedef {{ status: 'stopping', attempt: number, sessionId: number | null }} Stopping
 * @typedef {{ status: 'ended', attempt: number, sessionId: number | null, reason: EndReason }} Ended
 * @typedef {{ status: 'error', attempt: number, error: HoldfastError }} Failed
 * @typedef {Idle | Starting | Connected | Interrupted | Held | Reconnecting | Stopping | Ended | Failed} SessionState
 */

/**
 * What can happen to a session.
 * - `transport` carries what the browser says of its connection; `flowing` and `silent` what the packets say.
 * - `answered` and `unanswered` are heartbeats; `leftMs` is what the server says remains.
 * - `found`: a session of this tab's storage.
 * - `climb`, `rung`, `climbed`, `fell`: the ladder.
 * - `restarting`: the server says that it stops, and keeps the session.
 * - `over`: the server says that the session is.
 *
 * @typedef {{ type: 'start', at: number }
 *   | { type: 'offered', attempt: number, at: number }
 *   | { type: 'created', attempt: number, at: number, sessionId: number, generation: number, graceMs: number }
 *   | { type: 'found', at: number, sessionId: number, graceMs: number, expiresAt: number, since: number, elsewhere: boolean }
 *   | { type: 'transport', attempt: number, at: number, state: RTCPeerConnectionState }
 *   | { type: 'flowing', attempt: number, at: number }
 *   | { type: 'silent', attempt: number, at: number, since: number }
 *   | { type: 'tick', at: number }
 *   | { type: 'answered', at: number, leftMs: number }
 *   | { type: 'unanswered', at: number }
 *   | { type: 'climb', at: number, level: Level, by: Initiator }
 *   | { type: 'rung', at: number, level: Level }
 *   | { type: 'climbed', at: number, level: 0 | Level, generation: number }
 *   | { type: 'fell', at: number, error: HoldfastError }
 *   | { type: 'failed', attempt: number, error: HoldfastError }
 *   | { type: 'restarting', at: number }
 *   | { type: 'over', reason: EndReason }
 *   | { type: 'stop' }
 *   | { type: 'stopped', attempt: number }} SessionAction
 */

/** How long an interruption may last before the connection counts as given up: as long as the server takes for it. */
export const HELD_AFTER_MS = 10_000;

/** So many heartbeats in a row without an answer mean that the server cannot be reached. */
export const UNREACHABLE_AFTER_MISSED = 3;

/** @type {SessionState} */
export const initialState = Object.freeze({ status: 'idle', attempt: 0 });

/**
 * Whether a session exists, or is being made, in this state.
 * @param {SessionState} state
 */
export function isLive(state) {
  return state.status === 'starting' || isKept(state);
}

/**
 * Whether the server has a session for this client in this state, as far as it knows.
 * @param {SessionState} state
 * @returns {state is Connected | Interrupted | Held | Reconnecting}
 */
export function isKept(state) {
  return state.status === 'connected' || isAway(state);
}

/**
 * Whether there is a session, but no media.
 * @param {SessionState} state
 * @returns {state is Interrupted | Held | Reconnecting}
 */
export function isAway(state) {
  return state.status === 'interrupted' || state.status === 'held' || state.status === 'reconnecting';
}

/**
 * Whether there is something to reconnect to: a `reconnect` may help. While one runs, another changes nothing.
 * @param {SessionState} state
 */
export function canReconnect(state) {
  return state.status === 'interrupted' || state.status === 'held' || (state.status === 'connected' && state.missed >= UNREACHABLE_AFTER_MISSED);
}

/**
 * How long the server keeps the session from now on, in milliseconds; null where that is not the question.
 * @param {SessionState} state
 * @param {number} now
 */
export function remainingMs(state, now) {
  return isAway(state) ? Math.max(0, state.expiresAt - now) : null;
}

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
      return state.status === 'interrupted' || (state.status === 'held' && !isOverARestart(state))
        ? connectedFrom(state, action.at, { level: 0, generation: state.generation })
        : state;
    case 'silent':
      return state.status === 'connected' ? interruptedFrom(state, action.since, 'silent') : state;
    case 'tick':
      return state.status === 'interrupted' && action.at - state.since >= HELD_AFTER_MS ? heldFrom(state, 'silent') : state;
    case 'answered':
      return reduceAnswered(state, action);
    case 'unanswered':
      return isKept(state) ? { ...state, missed: state.missed + 1 } : state;
    case 'climb':
      return state.status === 'interrupted' || state.status === 'held' ? climbingFrom(state, action) : state;
    case 'rung':
      return state.status === 'reconnecting' && state.level !== action.level ? { ...state, level: action.level } : state;
    case 'climbed':
      return state.status === 'reconnecting' ? connectedFrom(state, action.at, action) : state;
    case 'fell':
      return state.status === 'reconnecting' ? { ...heldFrom(state, state.reason), problem: action.error } : state;
    case 'failed':
      return state.status === 'starting' ? { status: 'error', attempt: state.attempt, error: action.error } : state;
    case 'restarting':
      return reduceRestarting(state, action.at);
    case 'over':
      return isKept(state) ? { status: 'ended', attempt: state.attempt, sessionId: state.sessionId, reason: action.reason } : state;
    case 'stop':
      return isLive(state) && 'sessionId' in state
        ? { status: 'stopping', attempt: state.attempt, sessionId: state.sessionId }
        : state;
    case 'stopped':
      return state.status === 'stopping'
        ? { status: 'ended', attempt: state.attempt, sessionId: state.sessionId, reason: 'stopped' }
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
  return { status: 'held', attempt: state.attempt + 1, sessionId, generation: 0, missed: 0, since, expiresAt, graceMs, reason, problem: null };
}

/**
 * @param {Connected} state
 * @param {number} since
 * @param {'silent' | 'disconnected'} reason
 * @returns {Interrupted}
 */
function interruptedFrom({ attempt, sessionId, generation, missed, graceMs }, since, reason) {
  return { status: 'interrupted', attempt, sessionId, generation, missed, since, expiresAt: since + graceMs, graceMs, reason };
}

/**
 * @param {Interrupted | Held | Reconnecting} state
 * @param {HeldReason} reason
 * @returns {Held}
 */
function heldFrom({ attempt, sessionId, generation, missed, since, expiresAt, graceMs }, reason) {
  return { status: 'held', attempt, sessionId, generation, missed, since, expiresAt, graceMs, reason, problem: null };
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
  const { attempt, sessionId, generation, missed, since, expiresAt, graceMs } = state;
  const reason = state.status === 'held' ? state.reason : 'silent';
  return { status: 'reconnecting', attempt, sessionId, generation, missed, since, expiresAt, graceMs, reason, level, by };
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
  return /** @type {SessionState} */ ({ ...state, ...news, missed: 0, expiresAt: at + leftMs });
}

/**
 * @param {SessionState} state
 * @param {number} at
 * @returns {SessionState}
 */
function reduceRestarting(state, at) {
  switch (state.status) {
    case 'connected':
      return heldFrom(interruptedFrom(state, at, 'silent'), 'restarting');
    case 'interrupted':
      return heldFrom(state, 'restarting');
    case 'held':
      return state.reason === 'elsewhere' || state.reason === 'restarting' ? state : heldFrom(state, 'restarting');
    case 'reconnecting':
      return { ...state, reason: 'restarting' };
    case 'idle':
    case 'starting':
    case 'stopping':
    case 'ended':
    case 'error':
      return state;
  }
}

/**
 * The connection went with the server's process: what still trickles in of it, or the browser says of it, means nothing.
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
