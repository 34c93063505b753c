/** @typedef {import('./environment.js').Environment} Environment */

/** A page that is being unloaded lets go of its claim a moment after the next one has begun. */
const PATIENCE_MS = 500;

/**
 * Says among the tabs of one browser which of them has a session, so that a second tab (a duplicated one has a copy of the
 * first one's storage) does not take it silently. It uses Web Locks, which a crashed or closed tab gives back by itself.
 * Where the browser has none (an insecure page), every tab believes to be the first, and the server decides.
 */
export class Claim {
  #environment;
  /** @type {(() => void) | null} */
  #release = null;

  /** @param {Environment} environment */
  constructor(environment) {
    this.#environment = environment;
  }

  /**
   * @param {number} sessionId
   * @param {{ takeOver?: boolean }} [options] `takeOver`: also from another tab
   * @returns {Promise<boolean>} false if another tab has it
   */
  async take(sessionId, { takeOver = false } = {}) {
    const { locks, setTimeout, clearTimeout } = this.#environment;
    if (!locks) return true;
    this.release();
    const patience = new AbortController();
    const timer = setTimeout(() => patience.abort(), PATIENCE_MS);
    return new Promise((resolve) => {
      const held = () =>
        new Promise((release) => {
          clearTimeout(timer);
          this.#release = () => release(undefined);
          resolve(true);
        });
      // A request may not both steal and be given up.
      const options = takeOver ? { steal: true } : { signal: patience.signal };
      locks
        .request(`holdfast:session:${sessionId}`, options, held)
        // Refused: not given in time. Or taken by another tab later on: then the server tells this one.
        .catch(() => resolve(false));
    });
  }

  release() {
    this.#release?.();
    this.#release = null;
  }
}
