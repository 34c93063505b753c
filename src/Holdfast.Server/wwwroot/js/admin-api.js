/**
 * How a session is.
 * @typedef {object} SessionFigures
 * @property {number} sessionid
 * @property {string} avatar_id
 * @property {string | null} user
 * @property {string[]} tags
 * @property {boolean} speaking
 * @property {boolean} recording
 * @property {'negotiating' | 'connected' | 'interrupted' | 'held'} state
 * @property {number} state_seconds
 * @property {boolean} unattended
 * @property {number} outputs
 * @property {number} generation
 * @property {number} queued
 * @property {number | null} expires_in
 * @property {number | null} round_trip_ms
 * @property {number | null} loss_percent
 * @property {number | null} line_kbps what the line carries
 * @property {number | null} video_bitrate bit/s that pictures may take of it
 * @property {number | null} sent_kbps what was really sent in the last second
 * @property {string | null} pictures
 * @property {number} trouble 2: nobody is reached; 1: less arrives than should; 0: fine
 */

/**
 * How the server is.
 * @typedef {object} ServerFigures
 * @property {number} sessions
 * @property {number} limit
 * @property {number} speaking
 * @property {number} trouble
 * @property {number} cpu_percent
 * @property {number} memory_mb
 */

/** @typedef {{ kind: string, data: Record<string, unknown> }} ServerEvent */

/** The status of an answer that is no success. */
export class RefusedError extends Error {
  /** @param {number} status */
  constructor(status) {
    super(`The server answered ${status}.`);
    this.status = status;
  }
}

/** The operator's calls. The key is in a header, so the event stream is read with fetch. */
export class AdminApi {
  #key = '';

  /** @param {string} key */
  set key(key) {
    this.#key = key;
  }

  /**
   * Hands on what the server tells, until it ends.
   * @param {(event: ServerEvent) => void} told
   * @param {AbortSignal} signal
   */
  async follow(told, signal) {
    const response = await this.#fetch('api/admin/events', { signal });
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) {
      text += part.value;
      const end = text.lastIndexOf('\n\n');
      if (end < 0) continue;
      for (const event of eventsIn(text.slice(0, end))) told(event);
      text = text.slice(end + 2);
    }
  }

  /** @param {number} id */
  async timeline(id) {
    return eventsIn(await (await this.#fetch(`api/admin/sessions/${id}/events`, {})).text());
  }

  /**
   * @param {number} id
   * @param {'say' | 'hold' | 'close'} act
   * @param {Record<string, string>} [body]
   */
  async act(id, act, body) {
    await this.#fetch(`api/admin/sessions/${id}/${act}`, { method: 'POST', body: JSON.stringify(body ?? {}) });
  }

  /**
   * @param {string} path
   * @param {RequestInit} init
   */
  async #fetch(path, init) {
    const headers = new Headers(this.#key ? { 'X-Api-Key': this.#key } : {});
    headers.set('Accept-Language', document.documentElement.lang);
    const response = await fetch(path, { ...init, headers, cache: 'no-store' });
    if (!response.ok) throw new RefusedError(response.status);
    return response;
  }
}

/**
 * Server-sent events, each whole.
 * @param {string} text
 * @returns {ServerEvent[]}
 */
function eventsIn(text) {
  /** @type {ServerEvent[]} */
  const events = [];
  for (const block of text.split('\n\n')) {
    const lines = block.split('\n');
    const kind = lines.find((line) => line.startsWith('event: '))?.slice('event: '.length);
    const data = lines.find((line) => line.startsWith('data: '))?.slice('data: '.length);
    if (kind && data) events.push({ kind, data: JSON.parse(data) });
  }
  return events;
}
