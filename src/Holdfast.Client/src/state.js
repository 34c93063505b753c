import { HoldfastError } from './errors.js';

/**
 * The state of a session, as one discriminated union over `status`. `since` is the environment's clock in milliseconds.
 *
 * - `idle`: nothing was started yet.
 * - `starting`: `offering` (the browser describes itself), `requesting` (the server is asked), `connecting` (the media
 *   path is being built).
 * - `connected`: sound and pictures flow.
 * - `interrupted`: the browser hears nothing from the other side; this can heal by itself.
 * - `lost`: the browser gave the path up (`failed`), or the other side ended the connection (`closed`).
 * - `stopping`: the caller stops; the server is being told.
 * - `ended`: `stopped` by the caller, or `gone`: the server says there is no such session any more.
 * - `error`: starting did not work; `error` says why.
 *
 * `attempt` numbers the connections this client has made. A report from an older one changes nothing.
 *
 * @typedef {{ status: 'idle', attempt: number }} Idle
 * @typedef {{ status: 'starting', attempt: number, step: 'offering' | 'requesting' | 'connecting', since: number, sessionId: number | null }} Starting
 * @typedef {{ status: 'connected', attempt: number, since: number, sessionId: number }} Connected
 * @typedef {{ status: 'interrupted', attempt: number, since: number, sessionId: number, reason: 'disconnected' }} Interrupted
 * @typedef {{ status: 'lost', attempt: number, since: number, sessionId: number, reason: 'failed' | 'closed' }} Lost
 * @typedef {{ status: 'stopping', attempt: number, sessionId: number | null }} Stopping
 * @typedef {{ status: 'ended', attempt: number, sessionId: number | null, reason: 'stopped' | 'gone' }} Ended
 * @typedef {{ status: 'error', attempt: number, error: HoldfastError }} Failed
 * @typedef {Idle | Starting | Connected | Interrupted | Lost | Stopping | Ended | Failed} SessionState
 */

/**
 * What can happen to a session. `transport` carries what the browser says of its connection.
 * @typedef {{ type: 'start', at: number }
 *   | { type: 'offered', attempt: number, at: number }
 *   | { type: 'created', attempt: number, at: number, sessionId: number }
 *   | { type: 'transport', attempt: number, at: number, state: RTCPeerConnectionState }
 *   | { type: 'failed', attempt: number, error: HoldfastError }
 *   | { type: 'gone', attempt: number }
 *   | { type: 'stop' }
 *   | { type: 'stopped', attempt: number }} SessionAction
 */

/** @type {SessionState} */
export const initialState = Object.freeze({ status: 'idle', attempt: 0 });

/**
 * Whether a session exists, or is being made, in this state.
 * @param {SessionState} state
 */
export function isLive(state) {
  switch (state.status) {
    case 'starting':
    case 'connected':
    case 'interrupted':
    case 'lost':
      return true;
    case 'idle':
    case 'stopping':
    case 'ended':
    case 'error':
      return false;
  }
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
        ? { status: 'starting', attempt: state.attempt + 1, step: 'offering', since: action.at, sessionId: null }
        : state;
    case 'offered':
      return state.status === 'starting' ? { ...state, step: 'requesting' } : state;
    case 'created':
      return state.status === 'starting' ? { ...state, step: 'connecting', sessionId: action.sessionId } : state;
    case 'transport':
      return reduceTransport(state, action);
    case 'failed':
      return state.status === 'starting' ? { status: 'error', attempt: state.attempt, error: action.error } : state;
    case 'gone':
      return 'sessionId' in state && state.sessionId !== null && isLive(state)
        ? { status: 'ended', attempt: state.attempt, sessionId: state.sessionId, reason: 'gone' }
        : state;
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
  return !isLive(state) || state.status === 'interrupted' || state.status === 'lost';
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
      const { attempt, sessionId } = state;
      switch (action.state) {
        case 'connected':
          return { status: 'connected', attempt, since: action.at, sessionId };
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
    case 'lost': {
      const next = statusOf(action.state);
      if (next === null || next === state.status) return state;
      const common = { attempt: state.attempt, since: action.at, sessionId: state.sessionId };
      switch (next) {
        case 'connected':
          return { status: 'connected', ...common };
        case 'interrupted':
          // What was given up does not get better by being reported as merely unsteady.
          return state.status === 'lost' ? state : { status: 'interrupted', ...common, reason: 'disconnected' };
        case 'lost':
          return { status: 'lost', ...common, reason: action.state === 'failed' ? 'failed' : 'closed' };
      }
      return state;
    }
    case 'idle':
    case 'stopping':
    case 'ended':
    case 'error':
      return state;
  }
}

/**
 * What the browser's word means for a connection that was up once. Chromium goes back to `new` when the other side closes DTLS.
 * @param {RTCPeerConnectionState} transport
 */
function statusOf(transport) {
  switch (transport) {
    case 'connected':
      return 'connected';
    case 'disconnected':
      return 'interrupted';
    case 'failed':
    case 'closed':
    case 'new':
      return 'lost';
    case 'connecting':
      return null;
  }
}
