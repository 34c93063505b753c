import { create, element } from './dom.js';
import { advance, endOpen, isOpen } from './lines.js';

/** @typedef {import('./lines.js').Line} Line */
/** @typedef {import('./texts.js').Texts} Texts */

/** @typedef {import('./notes.js').Note} Note */

/** The conversation: what was sent, what became of it, and what happened to the connection meanwhile. */
export class Conversation {
  #panel;
  #scroll = element('talk-scroll', HTMLElement);
  #log = element('talk-log', HTMLOListElement);
  #empty = element('talk-empty', HTMLElement);
  /** @type {Line[]} */
  #lines = [];
  /** @typedef {{ note: Note, item: HTMLLIElement }} NoteEntry */
  /** In the order they are shown. @type {({ line: number, item: HTMLLIElement } | NoteEntry)[]} */
  #entries = [];
  /** The note of an outage that is going on. @type {NoteEntry | null} */
  #outage = null;
  /** @type {Texts} */
  #texts;
  #onRetry;
  #nextId = 1;
  /** Whether the newest is in sight, and has to stay there. */
  #atEnd = true;

  /**
   * @param {Texts} texts
   * @param {(line: Line) => void} onRetry
   */
  constructor(texts, onRetry) {
    this.#texts = texts;
    this.#onRetry = onRetry;
    this.#panel = /** @type {HTMLElement} */ (this.#log.closest('.talk'));
    this.#scroll.addEventListener('scroll', () => {
      this.#atEnd = this.#scroll.scrollHeight - this.#scroll.scrollTop - this.#scroll.clientHeight < 24;
    });
    // A stage that takes more room must not push the newest out of sight.
    new ResizeObserver(() => {
      if (this.#atEnd) this.#scrollToEnd();
    }).observe(this.#scroll);
    this.#showEmpty();
  }

  /** The lines that the server has accepted and not finished. */
  get open() {
    return this.#lines.filter(isOpen);
  }

  /** The text being spoken, or empty. */
  get spoken() {
    return this.#lines.find((line) => line.status === 'speaking')?.text ?? '';
  }

  /** @param {string} text */
  add(text) {
    const line = /** @type {Line} */ ({ id: this.#nextId++, text, status: 'sending', problem: '' });
    this.#lines.push(line);
    const item = create('li', 'line');
    this.#entries.push({ line: line.id, item });
    this.#draw(item, line);
    this.#append(item);
    return line;
  }

  /** @param {Note} note */
  note(note) {
    if (this.#outage && (note.outage === 'goes-on' || note.outage === 'ends')) {
      this.#outage.note = note;
      this.#drawNote(this.#outage);
    } else {
      const entry = { note, item: create('li', 'note') };
      this.#drawNote(entry);
      this.#entries.push(entry);
      this.#append(entry.item);
      this.#outage = entry;
    }
    if (note.outage === 'ends' || note.outage === null) this.#outage = null;
  }

  /**
   * @param {number} id
   * @param {Partial<Line>} changes
   */
  update(id, changes) {
    this.#replace(this.#lines.map((line) => (line.id === id ? { ...line, ...changes } : line)));
  }

  /**
   * @param {readonly number[]} known the lines that the server knew of when it was asked
   * @param {{ speaking: boolean, queued: number }} server
   */
  advance(known, server) {
    const asked = this.#lines.filter((line) => known.includes(line.id));
    const changed = new Map(advance(asked, server).map((line) => [line.id, line]));
    this.#replace(this.#lines.map((line) => changed.get(line.id) ?? line));
  }

  /** @param {'stopped' | 'unknown'} status */
  endOpen(status) {
    this.#replace(endOpen(this.#lines, status));
  }

  /** @param {Texts} texts */
  localize(texts) {
    this.#texts = texts;
    for (const entry of this.#entries) {
      if ('note' in entry) {
        this.#drawNote(entry);
      } else {
        const line = this.#lines.find((candidate) => candidate.id === entry.line);
        if (line) this.#draw(entry.item, line);
      }
    }
  }

  /** @param {Line[]} lines */
  #replace(lines) {
    const before = new Map(this.#lines.map((line) => [line.id, line]));
    this.#lines = lines;
    for (const entry of this.#entries) {
      if (!('line' in entry)) continue;
      const line = lines.find((candidate) => candidate.id === entry.line);
      if (line && line !== before.get(line.id)) this.#draw(entry.item, line);
    }
  }

  /** @param {HTMLLIElement} item */
  #append(item) {
    this.#log.append(item);
    this.#showEmpty();
    this.#scrollToEnd();
  }

  #scrollToEnd() {
    this.#atEnd = true;
    this.#scroll.scrollTo({ top: this.#scroll.scrollHeight });
  }

  /** @param {NoteEntry} entry */
  #drawNote({ item, note }) {
    item.dataset.tone = note.tone;
    item.textContent = note.words(this.#texts);
  }

  #showEmpty() {
    this.#empty.hidden = this.#entries.length > 0;
    this.#panel.toggleAttribute('data-empty', this.#entries.length === 0);
  }

  /**
   * @param {HTMLLIElement} item
   * @param {Line} line
   */
  #draw(item, line) {
    item.dataset.status = line.status;
    const fate = create('div', 'fate');
    const bars = create('span', 'bars');
    bars.append(create('i'), create('i'), create('i'), create('i'));
    fate.append(bars, create('span', '', line.problem || this.#texts[`line.${line.status}`]));
    if (line.status === 'failed') {
      const retry = create('button', 'retry', this.#texts['line.retry']);
      retry.type = 'button';
      retry.addEventListener('click', () => this.#onRetry(line));
      fate.append(retry);
    }
    item.replaceChildren(create('div', 'bubble', line.text), fate);
  }
}
