import { HoldfastError } from './errors.js';
import { retryPause } from './policy.js';

/** @typedef {import('./environment.js').Environment} Environment */
/** @typedef {import('./session-api.js').SayMode} SayMode */

/**
 * A text on its way to the avatar.
 * - `waiting`: there is no connection, others are before it, or it was sent in vain: then `error` says why, and it is sent again by
 *   itself. It can be withdrawn.
 * - `sending`: the server is being told.
 * - `accepted`: the server has it: what is said as it stands as utterance `utteranceId`, a question under no such name.
 * - `refused`: it is not sent again by itself; `error` says why.
 * @typedef {object} OutboxItem
 * @property {string} key the same for every try to send it, so that the server takes it once
 * @property {string} text
 * @property {SayMode} mode whether the avatar says it as it stands, or is asked
 * @property {'waiting' | 'sending' | 'accepted' | 'refused'} status
 * @property {string | null} utteranceId
 * @property {HoldfastError | null} error
 */

/** What would be lost with a page; an older one did not say how it is meant. @typedef {{ key: string, text: string, mode?: SayMode }} Unsent */

/** After so many answers that it failed on its side, a text is not what the server can take, and makes room for the next. */
const MOST_FAILURES = 5;
/** Nobody is waited for longer than this, whatever is asked. */
const LONGEST_ASKED_MS = 60_000;

/**
 * What the person has said and the server has not yet taken: kept in order, sent once, and over a reload. What was sent in vain is
 * sent again after a pause that grows, or as soon as something speaks for it (`nudge`).
 */
export class Outbox {
  /** @type {readonly OutboxItem[]} */
  #items = [];
  #isOpen = false;
  #isSending = false;
  #environment;
  #send;
  #onChange;
  #newKey;
  /** @type {unknown} */
  #timer = null;
  /** Tries in vain since the last that worked, and those of them that were answered with a failure of the server's. */
  #tries = 0;
  #failures = 0;
  /** Somebody asked for so long a pause: nothing but more room ends it early. */
  #notBefore = 0;

  /**
   * @param {Pick<Environment, 'setTimeout' | 'clearTimeout' | 'now' | 'random'>} environment
   * @param {object} parts
   * @param {(item: OutboxItem) => Promise<{ utteranceId?: string }>} parts.send
   * @param {(items: readonly OutboxItem[]) => void} parts.onChange
   * @param {() => string} parts.newKey
   */
  constructor(environment, { send, onChange, newKey }) {
    this.#environment = environment;
    this.#send = send;
    this.#onChange = onChange;
    this.#newKey = newKey;
  }

  /** All of this session, the oldest first. */
  get items() {
    return this.#items;
  }

  /**
   * Puts a text at the end.
   * @param {string} text
   * @param {{ mode?: SayMode }} [more] `echo` by default: the avatar says it as it stands
   * @returns {OutboxItem}
   */
  add(text, { mode = 'echo' } = {}) {
    const item = waiting(this.#newKey(), text, mode);
    this.#set([...this.#items, item]);
    if (this.#timer === null) void this.#flush();
    return item;
  }

  /**
   * Takes back what has not been sent.
   * @param {string} key
   * @returns {boolean} false if it is too late
   */
  withdraw(key) {
    const first = this.#next;
    if (!this.#items.some((item) => item.key === key && item.status === 'waiting')) return false;
    this.#set(this.#items.filter((item) => item.key !== key));
    // What the pause was for is gone.
    if (first?.key === key && this.#timer !== null && this.#environment.now() >= this.#notBefore) void this.#flush();
    return true;
  }

  /**
   * Sends once more what was refused.
   * @param {string} key
   */
  retry(key) {
    this.#change(key, (item) => (item.status === 'refused' ? { ...item, status: 'waiting', error: null } : item));
    void this.#flush();
  }

  /** There is a connection: what waits is sent, one after the other. */
  open() {
    this.#isOpen = true;
    this.#tries = this.#failures = 0;
    void this.#flush();
  }

  /** There is none: what is not sent waits. */
  close() {
    this.#isOpen = false;
    this.#cancel();
    this.#notBefore = 0;
  }

  /**
   * Something speaks for another try: the server has answered (`answered`), or has less to say now (`room`).
   * @param {'answered' | 'room'} why
   */
  nudge(why) {
    const error = this.#next?.error;
    if (this.#timer === null || !error) return;
    if (why === 'room' ? error.code === 'busy' : this.#environment.now() >= this.#notBefore) void this.#flush();
  }

  /**
   * The server has written down that it took a text, whatever became of the answer.
   * @param {string} key
   * @param {string | null} utteranceId null: it is a question
   */
  confirm(key, utteranceId) {
    const found = this.#items.find((item) => item.key === key);
    if (!found || found.status === 'accepted') return;
    this.#change(key, (item) => ({ ...item, status: 'accepted', utteranceId, error: null }));
    if (this.#timer !== null) void this.#flush();
  }

  /** What waits is not sent any more, unless it is asked for (`retry`). */
  abandon() {
    this.#cancel();
    const error = new HoldfastError('cancelled', 'It was not sent.');
    if (!this.#items.some((item) => item.status === 'waiting' || item.status === 'sending')) return;
    this.#set(this.#items.map((item) => (item.status === 'waiting' || item.status === 'sending' ? Object.freeze({ ...item, status: /** @type {const} */ ('refused'), error }) : item)));
  }

  /** What would be lost with the page. */
  get unsent() {
    return this.#items.filter((item) => item.status === 'waiting' || item.status === 'sending').map(({ key, text, mode }) => ({ key, text, mode }));
  }

  /**
   * Takes up what a page before this one could not send. What it was just sending may have arrived: the key tells the server.
   * @param {readonly Unsent[]} unsent
   */
  restore(unsent) {
    const known = new Set(this.#items.map((item) => item.key));
    const added = unsent.filter(({ key }) => !known.has(key));
    if (added.length === 0) return;
    this.#set([...added.map(({ key, text, mode }) => waiting(key, text, mode ?? 'echo')), ...this.#items]);
    void this.#flush();
  }

  get #next() {
    return this.#items.find((item) => item.status === 'waiting');
  }

  async #flush() {
    if (this.#isSending) return;
    this.#cancel();
    this.#isSending = true;
    try {
      while (this.#isOpen) {
        const next = this.#next;
        if (!next || !(await this.#sendOne(next))) break;
      }
    } finally {
      this.#isSending = false;
    }
    const { error } = this.#next ?? {};
    if (this.#isOpen && error && this.#timer === null) this.#wait(error);
  }

  /**
   * @param {OutboxItem} item
   * @returns {Promise<boolean>} false if it has to wait, and all behind it
   */
  async #sendOne(item) {
    this.#change(item.key, (one) => ({ ...one, status: 'sending' }));
    try {
      const { utteranceId = null } = await this.#send(item);
      this.#tries = this.#failures = 0;
      this.#notBefore = 0;
      this.#change(item.key, (one) => ({ ...one, status: 'accepted', utteranceId, error: null }));
      return true;
    } catch (thrown) {
      const error = HoldfastError.from(thrown, 'network', String(thrown));
      const isInVain = error.code === 'refused' || error.code === 'wordless' || (error.code === 'server' && ++this.#failures >= MOST_FAILURES);
      if (isInVain) this.#tries = this.#failures = 0;
      this.#change(item.key, (one) => {
        // Meanwhile the journal may have told that it arrived, or the person that it is not wanted any more.
        if (one.status !== 'sending') return one;
        return { ...one, status: isInVain ? 'refused' : 'waiting', error };
      });
      return this.#next?.key !== item.key;
    }
  }

  /** @param {HoldfastError} error why it has to wait */
  #wait({ retryAfterSeconds }) {
    const asked = (retryAfterSeconds ?? 0) * 1_000;
    this.#notBefore = this.#environment.now() + Math.min(asked, LONGEST_ASKED_MS);
    const pause = Math.max(retryPause(this.#tries++, this.#environment.random), Math.min(asked, LONGEST_ASKED_MS));
    this.#timer = this.#environment.setTimeout(() => void this.#flush(), pause);
  }

  #cancel() {
    this.#environment.clearTimeout(this.#timer);
    this.#timer = null;
  }

  /**
   * @param {string} key
   * @param {(item: OutboxItem) => OutboxItem} change
   */
  #change(key, change) {
    this.#set(this.#items.map((item) => (item.key === key ? Object.freeze(change(item)) : item)));
  }

  /** @param {readonly OutboxItem[]} items */
  #set(items) {
    this.#items = items;
    this.#onChange(items);
  }
}

/**
 * @param {string} key
 * @param {string} text
 * @param {SayMode} mode
 * @returns {OutboxItem}
 */
function waiting(key, text, mode) {
  return Object.freeze({ key, text, mode, status: /** @type {const} */ ('waiting'), utteranceId: null, error: null });
}
