import { create } from './dom.js';

/** @typedef {import('./notes.js').Note} Note */
/** @typedef {import('./texts.js').Texts} Texts */
/** @typedef {{ note: Note, item: HTMLLIElement, isResumed?: boolean }} NoteEntry */

/** Which notes there are: an outage has one, which is rewritten as it goes on, and says at last where speech goes on. */
export class NoteBook {
  #onChange;
  /** The note of an outage that is going on. @type {NoteEntry | null} */
  #outage = null;
  /** The note of the last return, which says where speech goes on as soon as that is known. @type {NoteEntry | null} */
  #returned = null;

  /** @param {(entry: NoteEntry) => void} onChange an entry is new, or says something else */
  constructor(onChange) {
    this.#onChange = onChange;
  }

  /** Whether an outage goes on, or has just ended, whose note does not say yet where speech goes on. */
  get hasOutage() {
    return (this.#returned ?? this.#outage) !== null;
  }

  /**
   * Speech goes on after an outage: its note says so, whether the connection has been noticed to be back or not. What a page
   * before this one has seen has a note of its own.
   * @param {(texts: Texts) => string} words
   * @param {number} awayMs how long the server was without the page
   */
  resumed(words, awayMs) {
    const entry = this.#returned ?? this.#outage;
    // A short loss after a long outage is not the outage: that note stays as it is.
    if (entry?.note.awayMs !== undefined && awayMs < entry.note.awayMs / 2) return;
    this.#returned = null;
    if (!entry) return this.write({ tone: 'held', words, outage: null });
    entry.note = { ...entry.note, tone: 'held', words };
    entry.isResumed = true;
    this.#onChange(entry);
  }

  /** @param {Note} note */
  write(note) {
    // A new outage: where speech goes on belongs to it, and no longer to the one before.
    if (note.outage === 'begins') this.#returned = null;
    if (note.outage === 'ends') {
      const isTold = this.#outage?.isResumed === true;
      this.#returned = isTold ? null : this.#outage;
      if (isTold) {
        this.#outage = null;
        return;
      }
    }
    if (this.#outage && (note.outage === 'goes-on' || note.outage === 'ends')) {
      this.#outage.note = note;
      this.#onChange(this.#outage);
    } else {
      const entry = { note, item: create('li', 'note') };
      this.#onChange(entry);
      this.#outage = entry;
    }
    if (note.outage === 'ends' || note.outage === null) this.#outage = null;
  }
}
