import { HoldfastError } from './errors.js';

/**
 * A text on its way to the avatar.
 * - `waiting`: there is no connection, or others are before it; it can be withdrawn.
 * - `sending`: the server is being told.
 * - `accepted`: the server has it, as utterance `utteranceId`.
 * - `refused`: the server will not have it; `error` says why.
 * @typedef {object} OutboxItem
 * @property {string} key the same for every try to send it, so that the server takes it once
 * @property {string} text
 * @property {'waiting' | 'sending' | 'accepted' | 'refused'} status
 * @property {string | null} utteranceId
 * @property {HoldfastError | null} error
 */

/** What only says that the server was not reached, or not at the right moment: the text waits for the next chance. */
const TRANSIENT = new Set(['network', 'timeout', 'server', 'malformed', 'restarting', 'not-connected', 'busy', 'cancelled']);

/**
 * What the person has said and the server has not yet taken: kept in order, sent once, and over a reload.
 */
export class Outbox {
  /** @type {readonly OutboxItem[]} */
  #items = [];
  #isOpen = false;
  #isSending = false;
  #send;
  #onChange;
  #newKey;

  /**
   * @param {object} parts
   * @param {(item: OutboxItem) => Promise<{ utteranceId: string }>} parts.send
   * @param {(items: readonly OutboxItem[]) => void} parts.onChange
   * @param {() => string} parts.newKey
   */
  constructor({ send, onChange, newKey }) {
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
   * @returns {OutboxItem}
   */
  add(text) {
    const item = Object.freeze({ key: this.#newKey(), text, status: /** @type {const} */ ('waiting'), utteranceId: null, error: null });
    this.#set([...this.#items, item]);
    void this.#flush();
    return item;
  }

  /**
   * Takes back what has not been sent.
   * @param {string} key
   * @returns {boolean} false if it is too late
   */
  withdraw(key) {
    if (!this.#items.some((item) => item.key === key && item.status === 'waiting')) return false;
    this.#set(this.#items.filter((item) => item.key !== key));
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
    void this.#flush();
  }

  /** There is none: what is not sent waits. */
  close() {
    this.#isOpen = false;
  }

  /** Another session: what was meant for this one is forgotten. */
  clear() {
    this.close();
    if (this.#items.length > 0) this.#set([]);
  }

  /** What would be lost with the page. */
  get unsent() {
    return this.#items.filter((item) => item.status === 'waiting' || item.status === 'sending').map(({ key, text }) => ({ key, text }));
  }

  /**
   * Takes up what a page before this one could not send. What it was just sending may have arrived: the key tells the server.
   * @param {readonly { key: string, text: string }[]} unsent
   */
  restore(unsent) {
    const known = new Set(this.#items.map((item) => item.key));
    const added = unsent.filter(({ key }) => !known.has(key));
    if (added.length === 0) return;
    this.#set([...added.map(({ key, text }) => Object.freeze({ key, text, status: /** @type {const} */ ('waiting'), utteranceId: null, error: null })), ...this.#items]);
    void this.#flush();
  }

  async #flush() {
    if (this.#isSending) return;
    this.#isSending = true;
    try {
      while (this.#isOpen) {
        const next = this.#items.find((item) => item.status === 'waiting');
        if (!next) return;
        if (!(await this.#sendOne(next))) return;
      }
    } finally {
      this.#isSending = false;
    }
  }

  /**
   * @param {OutboxItem} item
   * @returns {Promise<boolean>} false if it has to wait, and all behind it
   */
  async #sendOne(item) {
    this.#change(item.key, (one) => ({ ...one, status: 'sending' }));
    try {
      const { utteranceId } = await this.#send(item);
      this.#change(item.key, (one) => ({ ...one, status: 'accepted', utteranceId }));
      return true;
    } catch (thrown) {
      const error = HoldfastError.from(thrown, 'network', String(thrown));
      const mayHelp = TRANSIENT.has(error.code);
      this.#change(item.key, (one) => ({ ...one, status: mayHelp ? 'waiting' : 'refused', error: mayHelp ? null : error }));
      return !mayHelp;
    }
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
