/** @typedef {import('../holdfast/index.js').JournalEntry} JournalEntry */
/** @typedef {import('../holdfast/index.js').OutboxItem} OutboxItem */

/**
 * What became of a text:
 * `waiting` (there is no connection, others are before it, or it was sent in vain; it can be withdrawn) -> `sending` -> `queued` -> `speaking` -> `said`; or `failed` (not taken, or
 * not spoken), `stopped` (interrupted), `dropped` (given up while nobody could hear it), `unknown` (the session went first).
 * @typedef {'waiting' | 'sending' | 'queued' | 'speaking' | 'said' | 'failed' | 'stopped' | 'dropped' | 'unknown'} LineStatus
 */

/**
 * One text, in the order it was said.
 * @typedef {object} Line
 * @property {string} id the key it was sent with, or what the server calls it
 * @property {string} text
 * @property {LineStatus} status
 * @property {string} problem why it failed, as the server says it; else empty
 * @property {string} fault the same as one of the server's words; else empty
 * @property {import('../holdfast/index.js').HoldfastError | null} error why it was not taken, or not yet
 * @property {number | null} session whose utterance it is
 * @property {string | null} utteranceId
 * @property {Word | null} word the word that is sent now
 * @property {readonly [number, number] | null} again what is said a second time after an outage: from, to
 */

/** A word of a text, in UTF-16 units. @typedef {{ offset: number, length: number, rtpTimestamp: number | null }} Word */

const blank = { problem: '', fault: '', error: null, session: null, utteranceId: null, word: null, again: null };

/**
 * The lines after the outbox has changed: what is new there is added, what was withdrawn is gone.
 * @param {readonly Line[]} lines
 * @param {readonly OutboxItem[]} items
 * @param {number | null} session
 * @returns {readonly Line[]}
 */
export function withOutbox(lines, items, session) {
  const keys = new Set(items.map((item) => item.key));
  const kept = lines.filter((line) => line.status !== 'waiting' || keys.has(line.id));
  const known = new Set(kept.map((line) => line.id));
  const added = items.filter((item) => !known.has(item.key)).map((item) => fromItem({ ...blank, id: item.key, text: item.text, status: 'waiting' }, item, session));
  const byKey = new Map(items.map((item) => [item.key, item]));
  const changed = kept.map((line) => {
    const item = byKey.get(line.id);
    return item ? fromItem(line, item, session) : line;
  });
  return [...changed, ...added];
}

/**
 * @param {Line} line
 * @param {OutboxItem} item
 * @param {number | null} session
 * @returns {Line}
 */
function fromItem(line, item, session) {
  // What the journal says of it is newer than what its sending says.
  if (line.utteranceId !== null) return line;
  switch (item.status) {
    case 'waiting':
    case 'sending':
      return line.status === item.status && line.error === item.error ? line : { ...line, status: item.status, error: item.error };
    case 'accepted':
      return { ...line, status: 'queued', error: null, session, utteranceId: item.utteranceId };
    case 'refused':
      return line.status === 'failed' ? line : { ...line, status: 'failed', error: item.error };
  }
}

/**
 * The lines after the server has written something down.
 * @param {readonly Line[]} lines
 * @param {JournalEntry} entry
 * @param {number} session
 * @param {number} [heardTo] up to where of the text was heard
 * @returns {readonly Line[]} the same where it changes nothing
 */
export function withEntry(lines, { kind, data }, session, heardTo = 0) {
  if (kind === 'accepted') return withAccepted(lines, data, session);
  const at = lines.findIndex((line) => line.session === session && line.utteranceId === data.utteranceId);
  if (at < 0) return lines;
  const line = lines[at];
  const next = fromEntry(line, kind, data, heardTo);
  return next === line ? lines : lines.with(at, next);
}

/**
 * @param {readonly Line[]} lines
 * @param {{ utteranceId: string, text: string, key: string | null }} data
 * @param {number} session
 * @returns {readonly Line[]}
 */
function withAccepted(lines, { utteranceId, text, key }, session) {
  const at = lines.findIndex((line) => line.id === key || (line.session === session && line.utteranceId === utteranceId));
  if (at < 0) return [...lines, { ...blank, id: key ?? `${session}/${utteranceId}`, text, status: 'queued', session, utteranceId }];
  const line = lines[at];
  return line.utteranceId === utteranceId && line.session === session ? lines : lines.with(at, { ...line, status: 'queued', error: null, session, utteranceId });
}

/**
 * @param {Line} line
 * @param {string} kind
 * @param {any} data
 * @param {number} heardTo
 * @returns {Line}
 */
function fromEntry(line, kind, data, heardTo) {
  switch (kind) {
    case 'started':
      return { ...line, status: 'speaking' };
    case 'word':
      return { ...line, status: 'speaking', word: { offset: data.offset, length: data.length, rtpTimestamp: data.rtpTimestamp } };
    case 'resumed':
      return { ...line, again: heardTo > data.offset ? [data.offset, heardTo] : null };
    case 'finished':
      return { ...line, status: 'said', word: null };
    case 'interrupted':
      return { ...line, status: 'stopped', word: null };
    case 'dropped':
      return { ...line, status: 'dropped', word: null };
    case 'failed':
      return { ...line, status: 'failed', problem: data.detail ?? '', fault: data.reason ?? '', word: null };
    default:
      return line;
  }
}

/**
 * Every line that the server had accepted and not finished gets this status: its session is over.
 * @param {readonly Line[]} lines
 * @param {'stopped' | 'unknown'} status
 * @returns {readonly Line[]}
 */
export function endOpen(lines, status) {
  return lines.map((line) => (line.status === 'queued' || line.status === 'speaking' ? { ...line, status, word: null } : line));
}
