import { HoldfastError } from './errors.js';
import { isElsewhere } from './state.js';

/** @typedef {import('./lifeline.js').Lifeline} Lifeline */
/** @typedef {import('./ownership.js').Ownership} Ownership */
/** @typedef {import('./session-api.js').SessionCredentials} SessionCredentials */
/** @typedef {import('./state.js').SessionState} SessionState */

/** Asks the server about the session that this page has; what is said of its end is noted, whoever asked. */
export class Asking {
  #lifeline;
  #ownership;
  #core;

  /**
   * @param {Lifeline} lifeline
   * @param {Ownership} ownership
   * @param {{ state: SessionState }} core
   */
  constructor(lifeline, ownership, core) {
    this.#lifeline = lifeline;
    this.#ownership = ownership;
    this.#core = core;
  }

  /**
   * What makes sense only in a session that is connected, or just was.
   * @template T
   * @param {(credentials: SessionCredentials) => Promise<T>} call
   * @returns {Promise<T>}
   */
  async connected(call) {
    const { status } = this.#core.state;
    if (!this.#lifeline.credentials || (status !== 'connected' && status !== 'interrupted')) {
      throw new HoldfastError('not-connected', 'There is no connected session.');
    }
    return await this.any(call);
  }

  /**
   * What needs no connection.
   * @template T
   * @param {(credentials: SessionCredentials) => Promise<T>} call
   * @returns {Promise<T>}
   */
  async any(call) {
    const { credentials } = this.#lifeline;
    if (!credentials || isElsewhere(this.#core.state)) throw new HoldfastError('not-connected', 'There is no session.');
    try {
      return await call(credentials);
    } catch (thrown) {
      this.#ownership.noteIfOver(thrown);
      throw thrown;
    }
  }
}
