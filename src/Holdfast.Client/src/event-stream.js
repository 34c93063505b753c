/**
 * One event of a stream of server-sent events.
 * @typedef {{ id: string, event: string, data: string }} StreamEvent
 */

/**
 * Reads server-sent events (WHATWG HTML, 9.2.6) out of text that comes in pieces cut anywhere. `EventSource` cannot send an
 * Authorization header, so that the stream is read with `fetch`.
 */
export class EventStreamParser {
  #rest = '';
  #id = '';
  #event = '';
  /** @type {string[]} */
  #data = [];

  /**
   * @param {string} piece
   * @returns {StreamEvent[]} the events that it completed
   */
  push(piece) {
    /** @type {StreamEvent[]} */
    const events = [];
    const text = this.#rest + piece;
    // A carriage return at the end may be the first half of a line end.
    const end = text.endsWith('\r') ? text.length - 1 : text.length;
    const lines = text.slice(0, end).split(/\r\n|\r|\n/);
    this.#rest = (lines.pop() ?? '') + text.slice(end);
    for (const line of lines) {
      const event = this.#line(line);
      if (event) events.push(event);
    }
    return events;
  }

  /**
   * @param {string} line
   * @returns {StreamEvent | null}
   */
  #line(line) {
    if (line === '') return this.#complete();
    const colon = line.indexOf(':');
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(line[colon + 1] === ' ' ? colon + 2 : colon + 1);
    if (field === 'id' && !value.includes('\0')) this.#id = value;
    else if (field === 'event') this.#event = value;
    else if (field === 'data') this.#data.push(value);
    return null;
  }

  #complete() {
    const event = this.#data.length > 0 ? { id: this.#id, event: this.#event || 'message', data: this.#data.join('\n') } : null;
    this.#event = '';
    this.#data = [];
    return event;
  }
}
