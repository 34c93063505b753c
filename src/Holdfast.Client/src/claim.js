/** @typedef {import('./environment.js').Environment} Environment */

/** A page that is being unloaded lets go of its claim a moment after the next one has begun. */
const PATIENCE_MS = 500;
/** A tab that has the session answers at once, unless the browser has put it to sleep. */
const ANSWER_MS = 300;
const CHANNEL = 'holdfast:tabs';

/**
 * Says among the tabs of one browser which of them has a session, so that a second tab (a duplicated one has a copy of the
 * first one's storage) does not take it silently. It uses Web Locks, which a crashed or closed tab gives back by itself.
 * Where the browser has none (an insecure page), every tab believes to be the first, and the server decides.
 *
 * The tab that has the session also answers the others, with the token that counts now: so what was taken over can be taken back.
 */
export class Claim {
  #environment;
  #tokenOf;
  /** @type {BroadcastChannel | null} */
  #channel = null;
  /** @type {(() => void) | null} */
  #release = null;
  /** @type {Map<string, (token: string) => void>} */
  #questions = new Map();

  /**
   * @param {Environment} environment
   * @param {(sessionId: number) => string | null} tokenOf the token of a session that this tab has; null: it does not have it
   */
  constructor(environment, tokenOf) {
    this.#environment = environment;
    this.#tokenOf = tokenOf;
  }

  /**
   * @param {number} sessionId
   * @param {{ takeOver?: boolean }} [options] `takeOver`: also from another tab
   * @returns {Promise<boolean>} false if another tab has it
   */
  async take(sessionId, { takeOver = false } = {}) {
    const { locks, setTimeout, clearTimeout } = this.#environment;
    this.release();
    this.#listen();
    if (!locks) return true;
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

  /**
   * Asks the other tabs for a session.
   * @param {number} sessionId
   * @param {string} question a name that no other has
   * @returns {Promise<string | null>} the token with which another tab has it; null: none says that it has
   */
  async ask(sessionId, question) {
    const { setTimeout, clearTimeout } = this.#environment;
    if (!this.#listen()) return null;
    return new Promise((resolve) => {
      const answer = (/** @type {string | null} */ token) => {
        clearTimeout(timer);
        this.#questions.delete(question);
        resolve(token);
      };
      const timer = setTimeout(() => answer(null), ANSWER_MS);
      this.#questions.set(question, answer);
      this.#channel?.postMessage({ question, sessionId });
    });
  }

  release() {
    this.#release?.();
    this.#release = null;
  }

  #listen() {
    if (this.#channel || !this.#environment.channel) return this.#channel !== null;
    this.#channel = this.#environment.channel(CHANNEL);
    this.#channel.onmessage = ({ data }) => this.#onMessage(data);
    return true;
  }

  /** @param {any} message from another page of this origin */
  #onMessage({ question, sessionId, token }) {
    if (typeof token === 'string') return this.#questions.get(question)?.(token);
    const own = this.#tokenOf(sessionId);
    if (own !== null) this.#channel?.postMessage({ question, token: own });
  }
}
