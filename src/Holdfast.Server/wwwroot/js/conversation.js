import { errorText, texts as playerTexts } from '../holdfast/player/texts.js';
import { Bubble, button } from './bubble.js';
import { create, element } from './dom.js';
import { endOpen } from './lines.js';
import { NoteBook } from './note-book.js';
import { texts as pageTexts } from './texts.js';

/** @typedef {import('./line.js').Line} Line */
/** @typedef {import('./notes.js').Note} Note */
/** @typedef {import('./texts.js').Texts} Texts */

/** One entry of the list. @typedef {Bubble | import('./note-book.js').NoteEntry} Entry */

/** The conversation: what both sides said, what became of it, and what happened to the connection meanwhile. */
export class Conversation {
  #panel;
  #scroll = element('talk-scroll', HTMLElement);
  #log = element('talk-log', HTMLOListElement);
  #empty = element('talk-empty', HTMLElement);
  #thinking = create('li', 'line thinking');
  /** @type {readonly Line[]} */
  #lines = [];
  /** In the order they are shown. @type {Entry[]} */
  #entries = [];
  /** @readonly */
  notes = new NoteBook((entry) => this.#onNote(entry));
  /** @type {Texts} */
  #texts;
  /** @type {import('./bubble.js').Manner} */
  #manner;
  /** The line that is played, and up to where. */
  #playing = { id: '', to: 0 };
  /** Whether the newest is in sight, and has to stay there. */
  #atEnd = true;

  /**
   * @param {Texts} texts
   * @param {Pick<import('./bubble.js').Manner, 'retry' | 'withdraw' | 'hasFailed'>} actions
   */
  constructor(texts, actions) {
    this.#texts = texts;
    this.#manner = {
      ...actions,
      texts,
      situation: 'before',
      playing: (line) => (line.id === this.#playing.id ? this.#playing.to : 0),
      errorText: (error) => errorText(playerTexts[this.#texts === pageTexts.en ? 'en' : 'zh-CN'], error),
    };
    this.#panel = /** @type {HTMLElement} */ (this.#log.closest('.talk'));
    this.#thinking.ariaHidden = 'true';
    const dots = create('div', 'bubble');
    dots.append(create('i'), create('i'), create('i'));
    this.#thinking.append(dots);
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

  /** What there is, in the order it is shown: bubbles with their lines, and notes. */
  get entries() {
    const byId = new Map(this.#lines.map((line) => [line.id, line]));
    return this.#entries.map((entry) => (entry instanceof Bubble ? { lines: entry.ids.flatMap((id) => byId.get(id) ?? []) } : { note: entry.note }));
  }

  /** The line being spoken, or null. */
  get speaking() {
    return this.#lines.find((line) => line.status === 'speaking') ?? null;
  }

  /** @param {readonly Line[]} lines what there is to show now; those that are gone were withdrawn */
  set(lines) {
    const before = new Map(this.#lines.map((line) => [line.id, line]));
    this.#lines = lines;
    const byId = new Map(lines.map((line) => [line.id, line]));
    const atEnd = this.#atEnd;
    /** @type {Set<Bubble>} */
    const changed = new Set();
    for (const entry of this.#entries) {
      if (!(entry instanceof Bubble)) continue;
      const left = entry.ids.filter((id) => byId.has(id));
      if (left.length < entry.ids.length || left.some((id) => byId.get(id) !== before.get(id))) changed.add(entry);
      entry.ids = left;
    }
    const added = lines.filter((line) => !before.has(line.id));
    for (const line of added) changed.add(this.#place(line));
    for (const entry of changed) this.#draw(entry, byId);
    this.#entries = this.#entries.filter((entry) => !(entry instanceof Bubble) || entry.ids.length > 0);
    this.#showEmpty();
    // What the person has just said is what they want to see.
    if ((atEnd && changed.size > 0) || added.some((line) => line.by === 'person')) this.#scrollToEnd();
  }

  /**
   * A word is played.
   * @param {string} id of the line
   * @param {number} to the end of the word
   */
  play(id, to) {
    this.#playing = { id, to };
    for (const entry of this.#bubbles) if (entry.ids.includes(id)) this.#draw(entry);
  }

  /** @param {import('./fates.js').Situation} situation in which what becomes of the lines is told */
  situate(situation) {
    if (situation === this.#manner.situation) return;
    this.#manner.situation = situation;
    this.#drawAll();
  }

  /** @param {boolean} isThinking whether an answer is awaited of which nothing is known yet */
  think(isThinking) {
    if (!isThinking) return this.#thinking.remove();
    if (this.#log.lastElementChild === this.#thinking) return;
    const atEnd = this.#atEnd;
    this.#log.append(this.#thinking);
    if (atEnd) this.#scrollToEnd();
  }

  /**
   * How long the last turn took, to be read beside its answer.
   * @param {number | null} session
   * @param {number} turn
   * @param {string} words
   */
  time(session, turn, words) {
    for (const entry of this.#bubbles) {
      const line = this.#lines.find((one) => one.id === entry.ids[0]);
      const isIts = line?.by === 'avatar' && line.turn === turn && line.session === session;
      entry.time(isIts ? words : null);
    }
  }

  /** @param {Note} note */
  note(note) {
    this.notes.write(note);
  }

  /** @param {'stopped' | 'unknown'} status */
  endOpen(status) {
    this.set(endOpen(this.#lines, status));
  }

  /** @param {Texts} texts */
  localize(texts) {
    this.#texts = this.#manner.texts = texts;
    for (const entry of this.#entries) if ('note' in entry) this.#drawNote(entry);
    this.#drawAll();
  }

  get #bubbles() {
    return this.#entries.filter((entry) => entry instanceof Bubble);
  }

  /** @param {Line} line that is new: the parts of one answer stand in one bubble */
  #place(line) {
    const last = this.#entries.at(-1);
    if (last instanceof Bubble && line.by === 'avatar' && line.turn !== null) {
      const one = this.#lines.find(({ id }) => id === last.ids[0]);
      if (one?.by === 'avatar' && one.turn === line.turn && one.session === line.session) {
        last.ids.push(line.id);
        return last;
      }
    }
    const bubble = new Bubble(line.id);
    this.#entries.push(bubble);
    this.#append(bubble.item);
    return bubble;
  }

  /** @param {HTMLLIElement} item */
  #append(item) {
    if (this.#thinking.parentNode) this.#thinking.before(item);
    else this.#log.append(item);
  }

  #scrollToEnd() {
    this.#atEnd = true;
    this.#scroll.scrollTo({ top: this.#scroll.scrollHeight });
  }

  /** @param {import('./note-book.js').NoteEntry} entry that is new, or says something else */
  #onNote(entry) {
    this.#drawNote(entry);
    if (this.#entries.includes(entry)) return;
    this.#entries.push(entry);
    this.#append(entry.item);
    this.#showEmpty();
    this.#scrollToEnd();
  }

  /** @param {import('./note-book.js').NoteEntry} entry */
  #drawNote({ item, note }) {
    item.dataset.tone = note.tone;
    item.textContent = note.words(this.#texts);
    if (!note.action) return;
    const { label, run } = note.action;
    item.append(button(this.#texts[label], () => {
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

  #drawAll() {
    for (const entry of this.#bubbles) this.#draw(entry);
  }

  /**
   * @param {Bubble} bubble
   * @param {ReadonlyMap<string, Line>} byId
   */
  #draw(bubble, byId = new Map(this.#lines.map((line) => [line.id, line]))) {
    bubble.render(bubble.ids.flatMap((id) => byId.get(id) ?? []), this.#manner);
  }
}
