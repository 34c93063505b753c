import { errorText, texts as playerTexts } from '../holdfast/player/texts.js';
import { bubbleOf, looksLike } from './bubble.js';
import { create, element } from './dom.js';
import { fateOf, shownStatus } from './fates.js';
import { endOpen } from './lines.js';
import { texts as pageTexts } from './texts.js';

/** @typedef {import('./lines.js').Line} Line */
/** @typedef {import('./texts.js').Texts} Texts */

/** @typedef {import('./notes.js').Note} Note */

/** The conversation: what was sent, what became of it, and what happened to the connection meanwhile. */
export class Conversation {
  #panel;
  #scroll = element('talk-scroll', HTMLElement);
  #log = element('talk-log', HTMLOListElement);
  #empty = element('talk-empty', HTMLElement);
  /** @type {readonly Line[]} */
  #lines = [];
  /** @typedef {{ note: Note, item: HTMLLIElement, isResumed?: boolean }} NoteEntry */
  /** In the order they are shown. @type {({ line: string, item: HTMLLIElement } | NoteEntry)[]} */
  #entries = [];
  /** The note of an outage that is going on. @type {NoteEntry | null} */
  #outage = null;
  /** @type {Texts} */
  #texts;
  #actions;
  /** The note of the last return, which says where speech goes on as soon as that is known. @type {NoteEntry | null} */
  #returned = null;
  /** @type {import('./fates.js').Situation} */
  #situation = 'before';
  /** Whether the newest is in sight, and has to stay there. */
  #atEnd = true;

  /**
   * @param {Texts} texts
   * @param {{ retry: (line: Line) => void, withdraw: (line: Line) => void }} actions what a person can do with a line
   */
  constructor(texts, actions) {
    this.#texts = texts;
    this.#actions = actions;
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

  get lines() {
    return this.#lines;
  }

  /** The line being spoken, or null. */
  get speaking() {
    return this.#lines.find((line) => line.status === 'speaking') ?? null;
  }

  /** @param {readonly Line[]} lines what there is to show now; those that are gone were withdrawn */
  set(lines) {
    const before = new Map(this.#lines.map((line) => [line.id, line]));
    const ids = new Set(lines.map((line) => line.id));
    this.#lines = lines;
    this.#entries = this.#entries.filter((entry) => {
      if (!('line' in entry) || ids.has(entry.line)) return true;
      entry.item.remove();
      return false;
    });
    for (const line of lines) {
      const known = before.get(line.id);
      if (known && looksLike(known, line)) continue;
      if (known) {
        for (const entry of this.#entries) if ('line' in entry && entry.line === line.id) this.#draw(entry.item, line);
      } else {
        const item = create('li', 'line');
        this.#entries.push({ line: line.id, item });
        this.#draw(item, line);
        this.#append(item);
      }
    }
    this.#showEmpty();
  }

  /** @param {import('./fates.js').Situation} situation in which what becomes of the lines is told */
  situate(situation) {
    if (situation === this.#situation) return;
    const before = this.#situation;
    this.#situation = situation;
    for (const entry of this.#entries) {
      const line = 'line' in entry ? this.#lines.find((one) => one.id === entry.line) : undefined;
      // A line that is drawn again is read out again.
      if (line && this.#fateOf(line, before) !== this.#fateOf(line)) this.#draw(/** @type {{ item: HTMLLIElement }} */ (entry).item, line);
    }
  }

  /** Whether an outage goes on, or has just ended, whose note does not say yet where speech goes on. */
  get hasOutage() {
    return (this.#returned ?? this.#outage) !== null;
  }

  /**
   * Speech goes on after an outage: its note says so, whether the connection has been noticed to be back or not. What a page
   * before this one has seen has a note of its own.
   * @param {(texts: Texts) => string} words
   */
  resumed(words) {
    const entry = this.#returned ?? this.#outage;
    this.#returned = null;
    if (entry) {
      entry.note = { ...entry.note, tone: 'held', words };
      entry.isResumed = true;
      this.#drawNote(entry);
    } else {
      this.note({ tone: 'held', words, outage: null });
    }
  }

  /** @param {Note} note */
  note(note) {
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

  /** @param {'stopped' | 'unknown'} status */
  endOpen(status) {
    this.set(endOpen(this.#lines, status));
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
    if (!note.action) return;
    const { label, run } = note.action;
    item.append(this.#button(label, () => {
      this.#entries = this.#entries.filter((entry) => entry.item !== item);
      item.remove();
      this.#showEmpty();
      run();
    }));
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
    item.dataset.status = shownStatus(line, this.#situation);
    const fate = create('div', 'fate');
    const bars = create('span', 'bars');
    bars.append(create('i'), create('i'), create('i'), create('i'));
    fate.append(bars, create('span', '', this.#fateOf(line)));
    if (line.status === 'failed' && line.error && line.error.code !== 'wordless') fate.append(this.#button('line.retry', () => this.#actions.retry(line)));
    if (line.status === 'waiting') fate.append(this.#button('line.withdraw', () => this.#actions.withdraw(line)));
    item.replaceChildren(bubbleOf(line), fate);
  }

  /** @param {Line} line */
  #fateOf(line, situation = this.#situation) {
    return fateOf(line, situation, this.#texts, (error) => errorText(playerTexts[this.#texts === pageTexts.en ? 'en' : 'zh-CN'], error));
  }

  /**
   * @param {'line.retry' | 'line.withdraw' | 'note.follow'} label
   * @param {() => void} onClick
   */
  #button(label, onClick) {
    const button = create('button', 'act', this.#texts[label]);
    button.type = 'button';
    button.addEventListener('click', onClick);
    return button;
  }
}
