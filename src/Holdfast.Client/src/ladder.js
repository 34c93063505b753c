import { HoldfastError } from './errors.js';

/** @typedef {import('./environment.js').Environment} Environment */
/** @typedef {import('./state.js').Level} Level */

/**
 * One way to come back.
 * @typedef {object} Rung
 * @property {Level} level
 * @property {(signal: AbortSignal) => Promise<void>} climb fulfilled when media really arrives; the signal ends it early
 */

/** How long each level may take before the next one is tried, in milliseconds. */
export const LIMITS_MS = Object.freeze({ 1: 1_500, 2: 3_000, 3: 10_000 });

/** What no other way would change: the session itself is not (or no longer) this client's. */
const FINAL = new Set(['gone', 'replaced', 'unauthorized', 'contested', 'cancelled']);

/**
 * Tries one way after the other, each within its limit, the cheapest first.
 * @param {readonly Rung[]} rungs in order; at least one
 * @param {Pick<Environment, 'setTimeout' | 'clearTimeout'>} environment
 * @param {(level: Level) => void} onRung is told of each that is tried
 * @param {AbortSignal} signal gives the climb up
 * @returns {Promise<Level>} the one that worked
 * @throws {HoldfastError} of the last one, when none did
 */
export async function climb(rungs, environment, onRung, signal) {
  let problem = new HoldfastError('not-connected', 'There is nothing to reconnect.');
  for (const rung of rungs) {
    onRung(rung.level);
    try {
      await within(LIMITS_MS[rung.level], rung.climb, environment, signal);
      return rung.level;
    } catch (thrown) {
      problem = HoldfastError.from(thrown, 'negotiation', 'The connection could not be restored.');
      if (FINAL.has(problem.code)) break;
    }
  }
  throw problem;
}

/**
 * @param {number} limit
 * @param {(signal: AbortSignal) => Promise<void>} action
 * @param {Pick<Environment, 'setTimeout' | 'clearTimeout'>} environment
 * @param {AbortSignal} outer
 */
async function within(limit, action, environment, outer) {
  if (outer.aborted) throw cancelled();
  const inner = new AbortController();
  /** @type {unknown} */
  let timer;
  const stopped = new Promise((_, reject) => {
    const stop = (/** @type {HoldfastError} */ error) => {
      // First the refusal, then the signal: what the action says because of the signal comes too late to count.
      reject(error);
      inner.abort();
    };
    timer = environment.setTimeout(() => stop(new HoldfastError('unreachable', 'No sound and no pictures arrived in time.')), limit);
    outer.addEventListener('abort', () => stop(cancelled()), { once: true, signal: inner.signal });
  });
  try {
    await Promise.race([action(inner.signal), stopped]);
  } finally {
    environment.clearTimeout(timer);
    inner.abort();
    stopped.catch(() => {});
  }
}

function cancelled() {
  return new HoldfastError('cancelled', 'Coming back was given up.');
}
