import { UNREACHABLE_AFTER_MISSED, isAway } from '../state.js';

/** @typedef {import('../state.js').SessionState} SessionState */
/** @typedef {import('./texts.js').PlainTextKey} PlainTextKey */
/** @typedef {'starting' | 'connected' | 'unreachable' | 'interrupted' | 'held' | 'lost'} SegmentKind */

/**
 * A stretch of time in which one glance would have told the same.
 * @typedef {object} Segment
 * @property {SegmentKind} kind
 * @property {number} from on the clock of the state's times, in milliseconds
 * @property {number | null} to null: it is still going on
 * @property {PlainTextKey | null} reason why it began
 * @property {number} tries how often the ladder was climbed in it
 * @property {0 | 1 | 2 | 3 | null} level at which it came back
 */

/** More than can be told apart on a small screen, and all that is remembered of a long evening. */
export const MOST_SEGMENTS = 36;

/**
 * The timeline after a change of state; the same array where nothing changed that it shows.
 * @param {readonly Segment[]} segments
 * @param {SessionState} state
 * @param {SessionState} previous
 * @param {number} now
 * @returns {readonly Segment[]}
 */
export function append(segments, state, previous, now) {
  const kind = kindOf(state);
  const last = segments.at(-1);
  if (kind === null) return state.status === 'idle' ? [] : close(segments, now);
  // A new session has a history of its own.
  if (kind === 'starting' && previous.status !== 'starting') return [segment('starting', now, null)];
  const tried = state.status === 'reconnecting' && previous.status !== 'reconnecting' ? 1 : 0;
  if (last && last.kind === kind && last.to === null) {
    return tried ? [...segments.slice(0, -1), { ...last, tries: last.tries + tried }] : segments;
  }
  // A loss is noticed a little after it happened: the time since belongs to it.
  const from = isAway(state) && !isAway(previous) ? Math.max(last?.from ?? -Infinity, Math.min(state.since, now)) : now;
  const level = state.status === 'connected' && isAway(previous) ? (state.resumed?.level ?? null) : null;
  const begun = { ...segment(kind, from, reasonOf(state)), tries: tried, level };
  return [...close(segments, from), begun].slice(-MOST_SEGMENTS);
}

/**
 * How long a segment lasted, or lasts until now.
 * @param {Segment} segment
 * @param {number} now
 */
export function lengthOf({ from, to }, now) {
  return Math.max(0, (to ?? now) - from);
}

/**
 * @param {SegmentKind} kind
 * @param {number} from
 * @param {PlainTextKey | null} reason
 * @returns {Segment}
 */
function segment(kind, from, reason) {
  return { kind, from, to: null, reason, tries: 0, level: null };
}

/**
 * @param {readonly Segment[]} segments
 * @param {number} at
 * @returns {readonly Segment[]}
 */
function close(segments, at) {
  const last = segments.at(-1);
  return last && last.to === null ? [...segments.slice(0, -1), { ...last, to: at }] : segments;
}

/**
 * @param {SessionState} state
 * @returns {SegmentKind | null} null: nothing is drawn
 */
function kindOf(state) {
  switch (state.status) {
    case 'starting':
    case 'interrupted':
    case 'held':
      return state.status;
    case 'connected':
      return state.missed >= UNREACHABLE_AFTER_MISSED ? 'unreachable' : 'connected';
    case 'reconnecting':
      return 'held';
    case 'ended':
      return state.reason === 'stopped' || state.reason === 'replaced' ? null : 'lost';
    case 'error':
      return 'lost';
    case 'idle':
    case 'stopping':
      return null;
  }
}

/**
 * @param {SessionState} state
 * @returns {PlainTextKey | null}
 */
function reasonOf(state) {
  switch (state.status) {
    case 'interrupted':
    case 'held':
    case 'reconnecting':
      return `timeline.reason.${state.reason}`;
    case 'connected':
      return state.missed >= UNREACHABLE_AFTER_MISSED ? 'timeline.reason.heartbeat' : null;
    case 'ended':
      if (state.reason === 'stopped' || state.reason === 'replaced') return null;
      return state.reason === 'closed' ? 'timeline.reason.over' : `timeline.reason.${state.reason}`;
    case 'idle':
    case 'starting':
    case 'stopping':
    case 'error':
      return null;
  }
}
