import { create } from './dom.js';
import { decidingLine, fateOf, shownStatus } from './fates.js';
import { seam } from './line.js';
import { partsOf } from './parts.js';

/** @typedef {import('./line.js').Line} Line */
/** @typedef {import('./texts.js').Texts} Texts */

/**
 * What a bubble is drawn with.
 * @typedef {object} Manner
 * @property {Texts} texts
 * @property {import('./fates.js').Situation} situation
 * @property {(line: Line) => number} playing up to where of a line was played
 * @property {(turn: number) => boolean} hasFailed whether the model failed in a turn
 * @property {(error: import('../holdfast/index.js').HoldfastError) => string} errorText
 * @property {(line: Line) => void} retry what a person can do with a line
 * @property {(line: Line) => void} withdraw
 */

/** What one side said in one go: lines of text, and what became of them. Drawn in place: what does not change stays as it is. */
export class Bubble {
  /** Of the lines in it. @type {string[]} */
  ids;
  /** @readonly */
  item = create('li', 'line');
  #box = create('div', 'bubble');
  #fate = '';
  /** @type {Map<string, { line: Line, playing: number, span: HTMLSpanElement }>} */
  #drawn = new Map();

  /** @param {string} id of its first line */
  constructor(id) {
    this.ids = [id];
    this.item.append(this.#box);
  }

  /**
   * @param {readonly Line[]} lines
   * @param {Manner} manner
   */
  render(lines, manner) {
    if (lines.length === 0) return this.item.remove();
    const line = decidingLine(lines);
    const status = shownStatus(line, manner.situation);
    this.item.dataset.status = status;
    this.item.dataset.by = line.by;
    this.#renderText(lines, manner.playing);
    const hasFailed = line.by === 'avatar' && line.turn !== null && manner.hasFailed(line.turn);
    this.item.toggleAttribute('data-trouble', hasFailed);
    const words = hasFailed && status !== 'failed' ? manner.texts['line.modelFailed'] : fateOf(line, manner.situation, manner.texts, manner.errorText);
    this.#renderFate(line, status, words, manner);
  }

  /** @param {string | null} words how long its turn took; null: that is not shown here */
  time(words) {
    if (words === null) delete this.item.dataset.latency;
    else this.item.dataset.latency = words;
  }

  /**
   * @param {readonly Line[]} lines
   * @param {(line: Line) => number} playing
   */
  #renderText(lines, playing) {
    const ids = new Set(lines.map((line) => line.id));
    for (const [id, { span }] of this.#drawn) {
      if (ids.has(id)) continue;
      span.remove();
      this.#drawn.delete(id);
    }
    let before = '';
    for (const line of lines) {
      const known = this.#drawn.get(line.id);
      const played = line.status === 'speaking' ? playing(line) : 0;
      if (!known || known.line !== line || known.playing !== played) this.#draw(line, played, known?.span ?? this.#append(seam(before, line.text)));
      before = line.text;
    }
  }

  /** @param {string} blank before it */
  #append(blank) {
    const span = create('span', 'part');
    if (blank !== '') this.#box.append(blank);
    this.#box.append(span);
    return span;
  }

  /**
   * @param {Line} line
   * @param {number} playing
   * @param {HTMLSpanElement} span
   */
  #draw(line, playing, span) {
    this.#drawn.set(line.id, { line, playing, span });
    const parts = partsOf(line, playing);
    const all = [...span.children];
    parts.forEach(({ text, as }, place) => {
      const part = /** @type {HTMLElement} */ (all[place] ?? span.appendChild(create('span')));
      if (part.className !== as) part.className = as;
      if (part.textContent !== text) part.textContent = text;
    });
    for (const one of all.slice(parts.length)) one.remove();
  }

  /**
   * @param {Line} line
   * @param {string} status
   * @param {string} words
   * @param {Manner} manner
   */
  #renderFate(line, status, words, { texts, retry, withdraw }) {
    const who = texts[line.by === 'person' ? 'talk.you' : 'talk.they'];
    const fate = [line.id, status, words, who].join('|');
    if (this.#fate === fate) return;
    this.#fate = fate;
    this.item.querySelector('.who')?.remove();
    this.item.querySelector('.fate')?.remove();
    this.item.prepend(create('span', 'who hidden', who));
    if (words === '') return;
    const bars = create('span', 'bars');
    bars.append(create('i'), create('i'), create('i'), create('i'));
    const row = create('div', 'fate');
    row.append(bars, create('span', '', words));
    if (status === 'failed' && line.error && line.error.code !== 'wordless') row.append(button(texts['line.retry'], () => retry(line)));
    if (status === 'waiting') row.append(button(texts['line.withdraw'], () => withdraw(line)));
    this.item.append(row);
  }
}

/**
 * A button in the conversation.
 * @param {string} words
 * @param {() => void} onClick
 */
export function button(words, onClick) {
  const made = create('button', 'act', words);
  made.type = 'button';
  made.addEventListener('click', onClick);
  return made;
}
