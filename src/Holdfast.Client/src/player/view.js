import { UNREACHABLE_AFTER_MISSED, canReconnect } from '../states.js';

/** @typedef {import('../state.js').SessionState} SessionState */
/** @typedef {import('../errors.js').HoldfastError} HoldfastError */
/** @typedef {import('../picture.js').NoPicture} NoPicture */
/** @typedef {import('../policy.js').Policy} Policy */
/** @typedef {import('./texts.js').PlainTextKey} PlainTextKey */

/** When a grace period ends the server is asked: so long it has time to say that the session is over. In milliseconds. */
export const DUE_AFTER_MS = 2_000;
/** A server that restarts is back within seconds. After so long without a word it is not known any more whether it comes back. */
export const MISSING_AFTER_MS = 60_000;

/**
 * What lies over the picture:
 * `lobby` nothing was started, or it was stopped; `starting`; `call`; `sound` a call without a picture; `unreachable` sound and pictures flow but the server does
 * not answer; `interrupted`; `held`; `reconnecting`; `over` the session is lost.
 * @typedef {'lobby' | 'starting' | 'call' | 'sound' | 'unreachable' | 'interrupted' | 'held' | 'reconnecting' | 'over'} Scene
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
 * @property {{ key: 'unheard.text' | 'missing.text', since: number, until: number } | null} unheard since when nothing was heard of the
 *   server, and until when it may keep the session: a sentence before `text`
 * @property {{ until: number } | null} waiting until when a full server is not asked again
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
  unheard: null,
  waiting: null,
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
 * @param {{ now?: number, policy?: Policy, noPicture?: NoPicture | null, waitsUntil?: number | null }} [context] `now` on the clock of the
 *   state's times; `waitsUntil`: when the player asks a full server again, or null where nobody told it to
 * @returns {View}
 */
export function viewOf(state, { now = 0, policy = 'manual', noPicture = null, waitsUntil = null } = {}) {
  switch (state.status) {
    case 'idle':
      return { ...nothing, status: 'status.idle', tone: 'quiet', scene: 'lobby', title: 'lobby.title', text: 'lobby.text', canStart: true };
    case 'starting':
      // Whoever waits is told that once: asking again changes neither the title nor the button.
      if (waitsUntil !== null && state.step !== 'connecting') return { ...fullView(null, waitsUntil), waiting: null, text: 'full.asking' };
      return { ...nothing, status: 'status.starting', tone: 'busy', scene: 'starting', title: `starting.${state.step}`, stop: 'dock.cancel', canStop: true };
    case 'connected':
      return connectedView(state, noPicture);
    case 'interrupted':
      return { ...nothing, status: 'status.interrupted', tone: 'unsteady', scene: 'interrupted', title: 'interrupted.title', canReconnect: true, canStop: true };
    case 'held':
      return heldView(state, now, policy);
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
      return endedView(state);
    case 'error':
      if (state.error.code === 'full' || waitsUntil !== null) return fullView(state.error, waitsUntil);
      return { ...nothing, status: 'status.error', tone: 'bad', scene: 'lobby', title: 'lobby.error', problem: state.error, start: 'start.retry', canStart: true };
  }
}

/**
 * Nothing is wrong where every place is taken: one waits for the next, if one likes.
 * @param {HoldfastError | null} problem
 * @param {number | null} waitsUntil
 * @returns {View}
 */
function fullView(problem, waitsUntil) {
  /** @type {Omit<View, 'status'>} */
  const full = { ...nothing, tone: 'unsteady', scene: 'lobby', title: 'full.title', problem, start: 'start.wait', canStart: true };
  if (waitsUntil === null) return { ...full, status: 'status.full' };
  return { ...full, status: 'status.waiting', title: 'full.waiting.title', waiting: { until: waitsUntil }, start: 'start.leave' };
}

/**
 * @param {Extract<SessionState, { status: 'connected' }>} state
 * @param {NoPicture | null} noPicture
 * @returns {View}
 */
function connectedView(state, noPicture) {
  /** @type {Omit<View, 'status' | 'tone' | 'scene' | 'title'>} */
  const running = { ...nothing, canReconnect: canReconnect(state), canStop: true, canTalk: true };
  if (state.missed >= UNREACHABLE_AFTER_MISSED) return { ...running, status: 'status.unreachable', tone: 'unsteady', scene: 'unreachable', title: 'unreachable.title' };
  if (noPicture) return { ...running, status: 'status.sound', tone: 'good', scene: 'sound', title: 'sound.title', text: `sound.${noPicture}` };
  return { ...running, status: 'status.connected', tone: 'good', scene: 'call', title: 'status.connected' };
}

/**
 * What is promised is what the server has said since the loss: that it keeps the session, nothing yet, or nothing although it was asked.
 * @param {Extract<SessionState, { status: 'held' }>} state
 * @param {number} now
 * @param {Policy} policy
 * @returns {View}
 */
function heldView({ reason, problem, word, heardAt, expiresAt }, now, policy) {
  /** @type {Omit<View, 'status' | 'title'>} */
  const held = { ...nothing, tone: 'held', scene: 'held', problem, ring: 'countdown', stop: 'dock.end', canReconnect: true, canStartAnew: true, canStop: true };
  if (reason === 'elsewhere') {
    // The other tab keeps it alive: nothing runs out here, and stopping it is not this tab's business.
    const ask = { ...held, problem: null, ring: /** @type {const} */ ('none'), reconnect: /** @type {const} */ ('reconnect.here'), canStop: false };
    return { ...ask, status: 'status.elsewhere', title: 'elsewhere.title', text: 'elsewhere.text' };
  }
  // A server that answers would have said so: only where it does not, is it uncertain.
  if (now >= expiresAt + DUE_AFTER_MS) return { ...held, status: 'status.due', title: 'due.title', text: 'due.text', problem: null };

  const isAnnounced = reason === 'restarting' && now < heardAt + MISSING_AFTER_MS;
  const next = policy === 'manual' ? null : /** @type {const} */ (`held.${policy}`);
  if (word === 'none' && !isAnnounced) {
    const isMissing = reason === 'restarting';
    /** @type {View['unheard']} */
    const unheard = { key: isMissing ? 'missing.text' : 'unheard.text', since: heardAt, until: expiresAt };
    const title = problem ? 'failed.unheard.title' : isMissing ? 'missing.title' : 'unheard.title';
    return { ...held, status: 'status.unheard', title, unheard, text: next ?? 'unheard.manual' };
  }
  if (word === 'asking') return { ...held, status: 'status.asking', title: problem ? 'failed.unheard.title' : 'asking.title', text: 'asking.text' };
  if (problem) return { ...held, status: 'status.held', title: 'failed.title' };
  const text = next ?? /** @type {const} */ (`held.${reason}`);
  if (reason === 'restarting' || reason === 'restarted') return { ...held, status: 'status.held', title: `held.${reason}.title`, text };
  return { ...held, status: 'status.held', title: 'held.title', text, canPlace: policy === 'manual' };
}

/** What ended a session that had been connected, as far as a person can make something of it. */
const TOLD = new Set(['closedByOwner', 'serverStopping', 'showFailed', 'faulted']);

/**
 * @param {Extract<SessionState, { status: 'ended' }>} state
 * @returns {View}
 */
function endedView({ reason, why }) {
  if (reason === 'stopped') {
    return { ...nothing, status: 'status.stopped', tone: 'quiet', scene: 'lobby', title: 'lobby.again', text: 'lobby.again.text', start: 'start.again', canStart: true };
  }
  const told = reason === 'closed' && why !== null && TOLD.has(why) ? /** @type {'closedByOwner' | 'serverStopping' | 'showFailed' | 'faulted'} */ (why) : null;
  return {
    ...nothing,
    status: `status.${reason}`,
    // What goes on elsewhere is not lost.
    tone: reason === 'replaced' ? 'quiet' : 'bad',
    scene: 'over',
    title: `over.${reason}`,
    text: told ? `over.closed.${told}` : `over.${reason}.text`,
    start: 'start.anew',
    canStart: true,
  };
}

/** To how much the time that is left is rounded up in words: the answer took a moment, and the countdown says it to the second. In milliseconds. */
const WORDS_STEP_MS = 5_000;

/** What a person is told for a moment. @typedef {{ key: 'toast.kept' | 'toast.kept.auto', graceMs: number } | { key: PlainTextKey }} Notice */

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
  const told = wordOf(state, previous, auto);
  if (told) return told;
  if (state.status === previous.status) {
    const unreachable = state.status === 'connected' && previous.status === 'connected' && isUnreachable(state) && !isUnreachable(previous);
    return unreachable ? { key: 'toast.unreachable' } : null;
  }
  switch (state.status) {
    case 'starting':
      return { key: 'toast.starting' };
    case 'connected':
      return { key: state.resumed ? 'toast.recovered' : 'toast.connected' };
    case 'held':
      // What was found says itself what it is, and why an attempt failed stands on the stage.
      return state.reason === 'failed' && previous.status !== 'reconnecting' ? { key: auto ? 'toast.failed.auto' : 'toast.failed' } : null;
    case 'ended':
      // How a session was lost stands on the stage, with what can be done.
      return state.reason === 'stopped' ? { key: 'toast.stopped' } : null;
    case 'error':
      // Why it did not work stands on the stage, as long as it is so.
      return null;
    case 'idle':
    case 'interrupted':
    case 'reconnecting':
    case 'stopping':
      return null;
  }
}

/**
 * The toast for the first word of an outage about the session: that the server keeps it, or does not answer. Until then nothing is promised.
 * @param {SessionState} state
 * @param {SessionState} previous
 * @param {boolean} auto
 * @returns {Notice | null}
 */
function wordOf(state, previous, auto) {
  if ((state.status !== 'interrupted' && state.status !== 'held') || state.word === 'asking') return null;
  if ((previous.status !== 'interrupted' && previous.status !== 'held') || previous.word !== 'asking') return null;
  if (state.status === 'held' && (state.problem || state.reason === 'elsewhere' || state.reason === 'reloaded')) return null;
  if (state.word === 'none') return { key: 'toast.unheard' };
  // What the server has just said, not what it said at the start: it keeps a session in which nobody has spoken for a shorter time.
  return { key: auto ? 'toast.kept.auto' : 'toast.kept', graceMs: Math.ceil((state.expiresAt - state.heardAt) / WORDS_STEP_MS) * WORDS_STEP_MS };
}

/** @param {SessionState} state */
function isRestarting(state) {
  return (state.status === 'held' || state.status === 'reconnecting') && state.reason === 'restarting';
}

/** @param {{ missed: number }} state */
function isUnreachable({ missed }) {
  return missed >= UNREACHABLE_AFTER_MISSED;
}
