import { endOfEntry } from './ending.js';
import { JournalReader } from './journal.js';
import { nameFrom } from './names.js';
import { Outbox } from './outbox.js';

/** @typedef {import('./environment.js').Environment} Environment */
/** @typedef {import('./journal.js').JournalEntry} JournalEntry */
/** @typedef {import('./session-api.js').SessionApi} SessionApi */
/** @typedef {import('./session-api.js').SessionCredentials} SessionCredentials */
/** @typedef {import('./state.js').EndReason} EndReason */

/**
 * The session as its exchange needs it.
 * @typedef {object} Speaker
 * @property {SessionCredentials | null} credentials
 * @property {boolean} isWorthIt whether the server is asked by itself
 * @property {(text: string, more: { key: string, mode: import('./session-api.js').SayMode }) => Promise<{ utteranceId?: string }>} say
 * @property {() => void} onOutbox something in the outbox has changed
 * @property {(entry: JournalEntry) => void} onEntry
 * @property {() => void} onDisplaced the journal is read no more: another reader took its place
 * @property {(thrown: unknown) => boolean} noteIfOver whether the session is over, by this error
 * @property {(end: { reason: EndReason, why: string | null }) => void} onEnd the journal says how the session ended
 * @property {() => void} onDoubt the server should be asked whether the session is still this client's
 */

/** What ends an utterance, or a turn: then there is room for another. */
const ENDS = new Set(['finished', 'interrupted', 'dropped', 'failed', 'turnEnded']);

/** What goes to and fro in words: what the person says (the outbox), and what the server writes down (the journal). */
export class Exchange {
  #speaker;
  #outbox;
  #journal;
  #isWanted = false;
  #isDisplaced = false;

  /**
   * @param {Environment} environment
   * @param {SessionApi} api
   * @param {Speaker} speaker
   */
  constructor(environment, api, speaker) {
    this.#speaker = speaker;
    this.#outbox = new Outbox(environment, {
      send: ({ key, text, mode }) => speaker.say(text, { key, mode }),
      onChange: () => speaker.onOutbox(),
      newKey: () => nameFrom(environment.random),
    });
    this.#journal = new JournalReader(environment, api, {
      onEntry: (entry) => this.#onEntry(entry),
      onFailure: (thrown) => speaker.noteIfOver(thrown),
      onReplaced: () => speaker.onDoubt(),
      onDisplaced: () => {
        this.#isDisplaced = true;
        speaker.onDisplaced();
      },
      isWorthIt: () => speaker.isWorthIt,
    });
  }

  get outbox() {
    return this.#outbox;
  }

  /** Whether another reader took this one's place at the journal. */
  get isDisplaced() {
    return this.#isDisplaced;
  }

  /** There is a connection. The journal is read from the session's beginning: what a page before this one has seen, this one has not. */
  open() {
    this.#outbox.open();
    if (this.#isWanted) return;
    this.#isWanted = true;
    this.#journal.start(() => this.#speaker.credentials);
  }

  /** There is a new token: the stream of the old one is about to end. */
  renew() {
    if (this.#isWanted && !this.#isDisplaced) this.#journal.start(() => this.#speaker.credentials, this.#journal.last);
  }

  /** The server has answered: what was given up is taken up again. */
  onAnswered() {
    this.#outbox.nudge('answered');
    if (this.#isWanted && !this.#isDisplaced && !this.#journal.isReading) this.renew();
  }

  /** Reads the journal again, from where it was read last, in whoever's place. */
  takeBack() {
    if (!this.#isDisplaced) return;
    this.#isDisplaced = false;
    this.renew();
  }

  /** Another tab has the session: nothing is sent, nothing read. */
  rest() {
    this.#outbox.close();
    this.#journal.stop();
  }

  /** Another session, or none. */
  release() {
    this.rest();
    this.#isWanted = this.#isDisplaced = false;
  }

  /** @param {JournalEntry} entry */
  #onEntry(entry) {
    const { kind, data } = entry;
    if ((kind === 'accepted' || kind === 'said') && typeof data?.key === 'string') this.#outbox.confirm(data.key, data.utteranceId ?? null);
    this.#speaker.onEntry(entry);
    if (ENDS.has(kind)) this.#outbox.nudge('room');
    const end = endOfEntry(entry);
    if (end) this.#speaker.onEnd(end);
  }
}
