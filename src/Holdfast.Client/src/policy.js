/** @typedef {import('./environment.js').Environment} Environment */

/**
 * Who decides that a session comes back.
 * - `manual`: the person, and nobody else.
 * - `assisted`: the person; and once in each outage the client, when the network seems to be back.
 * - `auto`: the client, again and again, with growing pauses.
 * @typedef {'manual' | 'assisted' | 'auto'} Policy
 */

/**
 * What speaks for the network being back: the browser says `online`, the person looks at the page again (`visible`), the
 * server `answered` after it had not.
 * @typedef {'online' | 'visible' | 'answered'} Hint
 */

/** An outage that is over sooner heals by itself; hurrying would only disturb it. In milliseconds. */
export const PATIENCE_MS = 2_000;
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 15_000;
/** A good sign is not waited for, but browsers give it a moment before the network really works. */
const AFTER_HINT_MS = 250;
/** Clients that were cut off together must not come back together. */
const SPREAD = 0.2;

/**
 * How long to wait before the client tries by itself, in milliseconds; null: it does not.
 * @param {Policy} policy
 * @param {object} outage
 * @param {number} outage.tries what the client has tried by itself since the outage began
 * @param {Hint | null} outage.hint what has just spoken for the network
 * @param {() => number} random 0 to 1
 */
export function nextRetryDelay(policy, { tries, hint }, random) {
  switch (policy) {
    case 'manual':
      return null;
    case 'assisted':
      return hint !== null && tries === 0 ? AFTER_HINT_MS : null;
    case 'auto':
      if (hint !== null) return AFTER_HINT_MS;
      return tries === 0 ? PATIENCE_MS : retryPause(tries - 1, random);
  }
}

/**
 * How long to wait before something is tried once more, in milliseconds: longer each time, and scattered.
 * @param {number} tries in vain before the last one
 * @param {() => number} random 0 to 1
 */
export function retryPause(tries, random) {
  return spread(Math.min(FIRST_PAUSE_MS * 2 ** tries, LONGEST_PAUSE_MS), random);
}

/**
 * @param {number} pause
 * @param {() => number} random
 */
function spread(pause, random) {
  return Math.round(pause * (1 - SPREAD + 2 * SPREAD * random()));
}
