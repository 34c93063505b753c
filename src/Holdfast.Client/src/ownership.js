import { endReasonOf } from './ending.js';
import { HoldfastError } from './errors.js';
import { isAway, isKept } from './states.js';

/** @typedef {import('./environment.js').Environment} Environment */
/** @typedef {import('./lifeline.js').Lifeline} Lifeline */
/** @typedef {import('./state.js').SessionAction} SessionAction */
/** @typedef {import('./state.js').SessionState} SessionState */

/** Whose a session is: whether it is over, by what the server says, and which tab of this browser has it. */
export class Ownership {
  #environment;
  #lifeline;
  #owner;
  #isAsking = false;

  /**
   * @param {Pick<Environment, 'now'>} environment
   * @param {Lifeline} lifeline
   * @param {{ readonly state: SessionState, dispatch: (action: SessionAction) => void }} owner
   */
  constructor(environment, lifeline, owner) {
    this.#environment = environment;
    this.#lifeline = lifeline;
    this.#owner = owner;
  }

  /**
   * Whether an error says that the session is over; if so, that is the state from now on, or as soon as the other tabs were asked.
   * @param {unknown} thrown
   */
  noteIfOver(thrown) {
    const { state } = this.#owner;
    if (!isKept(state) || !(thrown instanceof HoldfastError)) return false;
    // Whoever says so: pictures and sound of it still arrive. When they stop, the server is asked.
    if (state.status === 'connected' && this.#lifeline.isFlowing) return false;
    const isDue = isAway(state) && this.#environment.now() >= state.expiresAt;
    const reason = endReasonOf(thrown, isDue);
    if (reason === null) return false;
    if (reason === 'replaced') void this.#isTaken(state.sessionId);
    else this.#owner.dispatch({ type: 'over', reason, why: thrown.reason });
    return true;
  }

  /** Before a climb: what another tab has becomes this one's, with the token that counts now. */
  async takeOver() {
    const { state } = this.#owner;
    if (state.status !== 'reconnecting' || state.reason !== 'elsewhere') return;
    await this.#lifeline.askTabs();
    await this.#lifeline.claim(state.sessionId, { takeOver: true });
  }

  /**
   * Another client has the session. Where a tab of this browser says that it is the one, it can be taken back.
   * @param {number} sessionId
   */
  async #isTaken(sessionId) {
    if (this.#isAsking) return;
    this.#isAsking = true;
    const hasTab = await this.#lifeline.askTabs();
    this.#isAsking = false;
    const { state } = this.#owner;
    if (!isKept(state) || state.sessionId !== sessionId) return;
    this.#owner.dispatch(hasTab ? { type: 'taken', at: this.#environment.now() } : { type: 'over', reason: 'replaced', why: null });
  }
}
