const SVG = 'http://www.w3.org/2000/svg';
const WIDTH = 100;
const HEIGHT = 40;

/** A small line of what came last; the newest is at the right edge. */
export class Chart {
  #line = document.createElementNS(SVG, 'polyline');
  #area = document.createElementNS(SVG, 'path');
  /** @type {number[]} */
  #values = [];
  #kept;
  #least;

  /**
   * @param {string} className
   * @param {number} kept how many values are shown
   * @param {number} least what the whole height stands for at the least
   * @param {boolean} filled
   */
  constructor(className, kept, least, filled) {
    this.#kept = kept;
    this.#least = least;
    this.element = document.createElementNS(SVG, 'svg');
    this.element.setAttribute('class', className);
    this.element.setAttribute('viewBox', `0 0 ${WIDTH} ${HEIGHT}`);
    this.element.setAttribute('preserveAspectRatio', 'none');
    this.element.setAttribute('aria-hidden', 'true');
    if (filled) this.element.append(this.#area);
    this.element.append(this.#line);
  }

  /** @param {number} value */
  add(value) {
    this.#values.push(value);
    if (this.#values.length > this.#kept) this.#values.shift();
    const top = Math.max(this.#least, ...this.#values) * 1.15;
    const first = this.#kept - this.#values.length;
    const points = this.#values.map((each, i) => `${((first + i) / (this.#kept - 1)) * WIDTH},${(HEIGHT - 2 - (each / top) * (HEIGHT - 4)).toFixed(2)}`);
    this.#line.setAttribute('points', points.join(' '));
    this.#area.setAttribute('d', `M${points.join('L')}L${WIDTH},${HEIGHT}L${(first / (this.#kept - 1)) * WIDTH},${HEIGHT}Z`);
  }
}
