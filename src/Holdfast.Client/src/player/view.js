import { UNREACHABLE_AFTER_MISSED, canReconnect } from '../state.js';

/** @typedef {import('../state.js').SessionState} SessionState */
/** @typedef {import('../errors.js').HoldfastError} HoldfastError */
/** @typedef {import('../policy.js').Policy} Policy */
/** @typedef {import('./texts.js').PlainTextKey} PlainTextKey */

/** When a grace period ends the server is asked: so long it has time to say that the session is over. In milliseconds. */
export const DUE_AFTER_MS = 2_000;

/**
 * What lies over the picture:
 * `lobby` nothing was started, or it was stopped; `starting`; `call`; `unreachable` sound and pictures flow but the server does
 * not answer; `interrupted`; `held`; `reconnecting`; `over` the session is lost.
 * @typedef {'lobby' | 'starting' | 'call' | 'unreachable' | 'interrupted' | 'held' | 'reconnecting' | 'over'} Scene
 */

/**
 * One glance tells the state: green connected, amber unsteady, deep blue held or on the way, coral what is really lost.
 * @typedef {'quiet' | 'busy' | 'good' | 'unsteady' | 'held' | 'bad'} Tone
 */

/**
 * @typedef {object} View
 * @property {PlainTextKey} status a few words for a pill
 * @property {Tone} tone
 * @property {Scene} scene
 * @property {PlainTextKey} title
 * @property {PlainTextKey | null} text
 * @property {HoldfastError | null} problem whose sentence stands in place of `text`
 * @property {'none' | 'countdown' | 'ladder'} ring
 * @property {0 | 1 | 2 | 3} level of the ladder that is being tried, 0 none
 * @property {boolean} canPlace whether the place where speech stopped may stand in place of `text`
 * @property {PlainTextKey} start the words of each button
 * @property {PlainTextKey} reconnect
 * @property {PlainTextKey} stop
 * @property {boolean} canStart which buttons are there
 * @property {boolean} canReconnect
 * @property {boolean} canStartAnew
 * @property {boolean} canStop
 * @property {boolean} canTalk whether the avatar can be given a text
 */

/** @type {Omit<View, 'status' | 'tone' | 'scene' | 'title'>} */
const nothing = {
  text: null,
  problem: null,
  ring: 'none',
  level: 0,
  canPlace: false,
  start: 'start',
  reconnect: 'reconnect',
  stop: 'dock.stop',
  canStart: false,
  canReconnect: false,
  canStartAnew: false,
  canStop: false,
  canTalk: false,
};

/**
 * A pure function from the session's state to what is shown: pill, stage, buttons and timeline cannot disagree.
 * @param {SessionState} state
 * @param {{ now?: number, policy?: Policy }} [context] `now` on the clock of the state's times
 * @returns {View}
 */
export function viewOf(state, { now = 0, policy = 'manual' } = {}) {
  switch (state.status) {
    case 'idle':
      return { ...nothing, status: 'status.idle', tone: 'quiet', scene: 'lobby', title: 'lobby.title', text: 'lobby.text', canStart: true };
    case 'starting':
      return { ...nothing, status: 'status.starting', tone: 'busy', scene: 'starting', title: `starting.${state.step}`, stop: 'dock.cancel', canStop: true };
    case 'connected':
      return connectedView(state);
    case 'interrupted':
      return { ...nothing, status: 'status.interrupted', tone: 'unsteady', scene: 'interrupted', title: 'interrupted.title', canReconnect: true, canStop: true };
    case 'held':
      return heldView(state, now >= state.expiresAt + DUE_AFTER_MS, policy);
    case 'reconnecting':
      return {
        ...nothing,
        status: 'status.reconnecting',
        tone: 'held',
        scene: 'reconnecting',
        title: `level.${state.level}`,
        text: state.by === 'reload' ? 'level.reload.text' : `level.${state.level}.text`,
        ring: 'ladder',
        level: state.level,
        stop: 'dock.end',
        canStop: true,
      };
    case 'stopping':
      return { ...nothing, status: 'status.stopping', tone: 'quiet', scene: 'lobby', title: 'lobby.again', text: 'lobby.again.text', start: 'start.again', canStart: true };
    case 'ended':
      return endedView(state.reason);
    case 'error':
      return { ...nothing, status: 'status.error', tone: 'bad', scene: 'lobby', title: 'lobby.error', problem: state.error, start: 'start.retry', canStart: true };
  }
}

/**
 * @param {Extract<SessionState, { status: 'connected' }>} state
 * @returns {View}
 */
function connectedView(state) {
  /** @type {Omit<View, 'status' | 'tone' | 'scene' | 'title'>} */
  const running = { ...nothing, canReconnect: canReconnect(state), canStop: true, canTalk: true };
  return state.missed >= UNREACHABLE_AFTER_MISSED
    ? { ...running, status: 'status.unreachable', tone: 'unsteady', scene: 'unreachable', title: 'unreachable.title' }
    : { ...running, status: 'status.connected', tone: 'good', scene: 'call', title: 'status.connected' };
}

/**
 * @param {Extract<SessionState, { status: 'held' }>} state
 * @param {boolean} due whether its time is over, as far as this client knows
 * @param {Policy} policy
 * @returns {View}
 */
function heldView({ reason, problem, missed }, due, policy) {
  /** @type {Omit<View, 'status' | 'title'>} */
  const held = { ...nothing, tone: 'held', scene: 'held', problem, ring: 'countdown', stop: 'dock.end', canReconnect: true, canStartAnew: true, canStop: true };
  if (reason === 'elsewhere') {
    // The other tab keeps it alive: nothing runs out here, and stopping it is not this tab's business.
    const ask = { ...held, ring: /** @type {const} */ ('none'), reconnect: /** @type {const} */ ('reconnect.here'), canStop: false };
    return { ...ask, status: 'status.elsewhere', title: 'elsewhere.title', text: 'elsewhere.text' };
  }
  // A server that answers would have said so: only where it does not, is it uncertain.
  if (due) return { ...held, status: 'status.due', title: 'due.title', text: 'due.text', problem: null };
  if (problem) return { ...held, status: 'status.held', title: 'failed.title' };
  const unreachable = missed >= UNREACHABLE_AFTER_MISSED;
  const text = policy === 'manual' ? /** @type {const} */ (`held.${reason}`) : /** @type {const} */ (`held.${policy}`);
  if (reason === 'restarting' || reason === 'restarted') return { ...held, status: 'status.held', title: `held.${reason}.title`, text };
  return { ...held, status: 'status.held', title: 'held.title', text, canPlace: policy === 'manual' && !unreachable };
}

/**
 * @param {Extract<SessionState, { status: 'ended' }>['reason']} reason
 * @returns {View}
 */
function endedView(reason) {
  if (reason === 'stopped') {
    return { ...nothing, status: 'status.stopped', tone: 'quiet', scene: 'lobby', title: 'lobby.again', text: 'lobby.again.text', start: 'start.again', canStart: true };
  }
  return {
    ...nothing,
    status: `status.${reason}`,
    // What goes on elsewhere is not lost.
    tone: reason === 'replaced' ? 'quiet' : 'bad',
    scene: 'over',
    title: `over.${reason}`,
    text: `over.${reason}.text`,
    start: 'start.anew',
    canStart: true,
  };
}

/** What a person is told for a moment. @typedef {{ key: 'toast.kept' | 'toast.kept.auto', graceMs: number } | { key: PlainTextKey } | { error: HoldfastError }} Notice */

/**
 * The toast for what has just happened; null where nothing has that a person must be told.
 * @param {SessionState} state
 * @param {SessionState} previous
 * @param {Policy} [policy]
 * @returns {Notice | null}
 */
export function noticeOf(state, previous, policy = 'manual') {
  const auto = policy === 'auto';
  if (state.status === 'held' && isRestarting(state) && !isRestarting(previous)) return { key: 'toast.restarting' };
  if (state.status === previous.status) {
    const unreachable = state.status === 'connected' && previous.status === 'connected' && isUnreachable(state) && !isUnreachable(previous);
    return unreachable ? { key: 'toast.unreachable' } : null;
  }
  switch (state.status) {
    case 'starting':
      return { key: 'toast.starting' };
    case 'connected':
      return { key: state.resumed ? 'toast.recovered' : 'toast.connected' };
    case 'interrupted':
      return { key: auto ? 'toast.kept.auto' : 'toast.kept', graceMs: state.graceMs };
    case 'held':
      // What was found says itself what it is, and why an attempt failed stands on the stage.
      if (state.problem || previous.status === 'reconnecting' || state.reason === 'elsewhere' || state.reason === 'reloaded') return null;
      if (state.reason === 'failed') return { key: auto ? 'toast.failed.auto' : 'toast.failed' };
      return previous.status === 'interrupted' ? null : { key: auto ? 'toast.kept.auto' : 'toast.kept', graceMs: state.graceMs };
    case 'ended':
      // How a session was lost stands on the stage, with what can be done.
      return state.reason === 'stopped' ? { key: 'toast.stopped' } : null;
    case 'error':
      return state.error.code === 'cancelled' ? null : { error: state.error };
    case 'idle':
    case 'reconnecting':
    case 'stopping':
      return null;
  }
}

/** @param {SessionState} state */
function isRestarting(state) {
  return (state.status === 'held' || state.status === 'reconnecting') && state.reason === 'restarting';
}

/** @param {{ missed: number }} state */
function isUnreachable({ missed }) {
  return missed >= UNREACHABLE_AFTER_MISSED;
}
