/** @typedef {import('./environment.js').Environment} Environment */

/**
 * What a page keeps of its session so that the page after a reload, or after a crash of the tab, can come back with it.
 * @typedef {object} Kept
 * @property {number} sessionId
 * @property {string} resumeToken
 * @property {string} client names this tab to the server: its own earlier attempt to come back never stands in its way
 * @property {readonly import('./outbox.js').Unsent[]} unsent what the person has said and the server has not taken yet
 * @property {number} graceMs
 * @property {number} seenAt when the server last answered: wall clock, since a reloaded page has another monotonic one
 */

const KEY = 'holdfast:session';

/** Keeps one session per tab and server, in the tab's session storage. Where there is no storage, nothing is kept. */
export class Keepsake {
  #environment;
  #key;

  /**
   * @param {Environment} environment
   * @param {string} baseUrl of the server
   */
  constructor(environment, baseUrl) {
    this.#environment = environment;
    this.#key = baseUrl === '' ? KEY : `${KEY}:${baseUrl}`;
  }

  /** @returns {Kept | null} null also for what is damaged */
  load() {
    try {
      const kept = JSON.parse(this.#environment.storage?.getItem(this.#key) ?? 'null');
      return isKeepsake(kept) ? kept : null;
    } catch {
      return null;
    }
  }

  /** @param {Kept} kept */
  save(kept) {
    try {
      this.#environment.storage?.setItem(this.#key, JSON.stringify(kept));
    } catch {
      // Full or forbidden: then a reload starts anew, and nothing else is lost.
    }
  }

  /** @param {number} sessionId of the session to forget; another one stays */
  forget(sessionId) {
    if (this.load()?.sessionId !== sessionId) return;
    try {
      this.#environment.storage?.removeItem(this.#key);
    } catch {
      // As above.
    }
  }
}

/**
 * @param {any} kept
 * @returns {kept is Kept}
 */
function isKeepsake(kept) {
  return (
    typeof kept === 'object' && kept !== null
    && Number.isSafeInteger(kept.sessionId) && typeof kept.resumeToken === 'string' && typeof kept.client === 'string'
    && Array.isArray(kept.unsent) && kept.unsent.every((/** @type {any} */ one) => typeof one?.key === 'string' && typeof one.text === 'string')
    && Number.isFinite(kept.graceMs) && Number.isFinite(kept.seenAt)
  );
}
