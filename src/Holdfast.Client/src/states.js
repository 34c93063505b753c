/** @typedef {import('./errors.js').HoldfastError} HoldfastError */

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
 *   keeps the session), `restarted` (it is back), `reloaded` (found in this
 *   tab's storage), `elsewhere` (another tab has it: ask before taking it, or taking it back). `problem` is why the last attempt to
 *   come back failed.
 * - `reconnecting`: the ladder is being climbed; `level` 1 restarts the path without a message, 2 with the server's help,
 *   3 makes a new connection.
 * - `stopping`: the caller stops; the server is being told.
 * - `ended`: `stopped` by the caller, `expired`, `closed` by the server, `replaced` by another client, or `gone` where the
 *   server does not know (any more). `why` is the server's own word for it, where it said one (docs/http-api.md, `reason`).
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
 * @property {Word} word what was heard of the server since: `asking` nothing yet, `kept` that it keeps the session, `none` it was
 *   asked and did not answer
 * @property {number} heardAt when anything was heard of the server last: media, or an answer of its own
 *
 * @typedef {'asking' | 'kept' | 'none'} Word
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
 * @typedef {{ status: 'ended', attempt: number, sessionId: number | null, reason: EndReason, why: string | null }} Ended
 * @typedef {{ status: 'error', attempt: number, error: HoldfastError }} Failed
 * @typedef {Idle | Starting | Connected | Interrupted | Held | Reconnecting | Stopping | Ended | Failed} SessionState
 */

/**
 * What can happen to a session.
 * - `transport` carries what the browser says of its connection; `flowing` and `silent` what the packets say.
 * - `answered` and `unanswered` are heartbeats and other questions; `leftMs` is what the server says remains. A `beat` that is not
 *   answered is counted.
 * - `heard`: the server has answered something else, which it could not without the session.
 * - `found`: a session of this tab's storage.
 * - `climb`, `rung`, `climbed`, `fell`: the ladder.
 * - `restarting`: the server says that it stops, and keeps the session.
 * - `taken`: another tab of this browser has taken the session.
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
 *   | { type: 'unanswered', at: number, beat: boolean }
 *   | { type: 'heard', at: number }
 *   | { type: 'climb', at: number, level: Level, by: Initiator }
 *   | { type: 'rung', at: number, level: Level }
 *   | { type: 'climbed', at: number, level: 0 | Level, generation: number }
 *   | { type: 'fell', at: number, error: HoldfastError }
 *   | { type: 'failed', attempt: number, error: HoldfastError }
 *   | { type: 'restarting', at: number }
 *   | { type: 'taken', at: number }
 *   | { type: 'over', reason: EndReason, why: string | null }
 *   | { type: 'stop' }
 *   | { type: 'stopped', attempt: number }} SessionAction
 */

/** How long an interruption may last before the connection counts as given up: as long as the server takes for it. */
export const HELD_AFTER_MS = 10_000;

/** So many heartbeats in a row without an answer mean that the server cannot be reached. */
export const UNREACHABLE_AFTER_MISSED = 3;

/** So long after a session's time is over a server that does not answer is still asked whether it is. */
export const ASKED_AFTER_END_MS = 120_000;

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
 * Whether asking for the session has become pointless: its time has long been over, and the server does not answer.
 * @param {SessionState} state
 * @param {number} now
 */
export function isPointless(state, now) {
  return isAway(state) && now >= state.expiresAt + ASKED_AFTER_END_MS;
}

/**
 * Whether another tab of this browser has the session.
 * @param {SessionState} state
 */
export function isElsewhere(state) {
  return state.status === 'held' && state.reason === 'elsewhere';
}
