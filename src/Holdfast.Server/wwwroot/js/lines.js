import { fromVoice, withoutPartial } from './heard.js';
import { blank } from './line.js';

/** @typedef {import('../holdfast/index.js').JournalEntry} JournalEntry */
/** @typedef {import('../holdfast/index.js').OutboxItem} OutboxItem */
/** @typedef {import('./line.js').Line} Line */

/**
 * The lines after the outbox has changed: what is new there is added, what was withdrawn is gone.
 * @param {readonly Line[]} lines
 * @param {readonly OutboxItem[]} items
 * @param {number | null} session
 * @returns {readonly Line[]}
 */
export function withOutbox(lines, items, session) {
  const byKey = new Map(items.map((item) => [item.key, item]));
  const kept = lines.filter((line) => line.status !== 'waiting' || byKey.has(line.id));
  const known = new Set(kept.map((line) => line.id));
  const changed = kept.map((line) => {
    const item = byKey.get(line.id);
    return item ? fromItem(line, item, session) : line;
  });
  const added = items.filter((item) => !known.has(item.key)).map((item) => {
    const by = item.mode === 'chat' ? /** @type {const} */ ('person') : 'avatar';
    return fromItem({ ...blank, id: item.key, by, text: item.text, status: 'waiting' }, item, session);
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
  if (line.session !== null) return line;
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
export function withEntry(lines, { kind, data, number }, session, heardTo = 0) {
  switch (kind) {
    case 'said':
      // What is to be said as it stands is told by `accepted`.
      return data.utteranceId ? lines : withTaken(lines, { ...blank, id: data.key ?? `${session}/${number}`, by: 'person', text: data.text, status: 'queued', session, at: data.at });
    case 'accepted': {
      const { utteranceId, text, key, part, at } = data;
      const found = lines.find((line) => line.session === session && line.utteranceId === utteranceId);
      // What has no words, an action or a recording, has no line.
      if (!found && text.trim() === '') return lines;
      return withTaken(lines, { ...blank, id: key ?? found?.id ?? `${session}/${utteranceId}`, text, status: 'queued', session, utteranceId, turn: turnOf(part), at });
    }
    case 'heard':
      return fromVoice(lines, data, session);
    case 'turnStarted':
      return withTurn(lines, data, session);
    case 'phase':
      return data.phase === 'hearing' || data.phase === 'deciding' ? lines : withoutPartial(lines, session);
    case 'shown':
      return data.text.trim() === '' ? lines : [...lines, { ...blank, id: `${session}/shown-${number}`, text: data.text, status: 'shown', session, turn: data.turn, at: data.at }];
  }
  const at = lines.findIndex((line) => line.session === session && line.utteranceId !== null && line.utteranceId === data.utteranceId);
  if (at < 0) return lines;
  const next = fromEntry(lines[at], kind, data, heardTo);
  return next === lines[at] ? lines : lines.with(at, next);
}

/**
 * The server has a line, which may be known already.
 * @param {readonly Line[]} lines
 * @param {Line} taken
 * @returns {readonly Line[]}
 */
function withTaken(lines, taken) {
  const at = lines.findIndex((line) => line.id === taken.id);
  if (at < 0) return [...lines, taken];
  const line = lines[at];
  if (line.at !== null && line.session === taken.session) return lines;
  return lines.with(at, { ...line, status: line.session === taken.session ? line.status : 'queued', error: null, session: taken.session, utteranceId: taken.utteranceId, turn: taken.turn ?? line.turn, at: taken.at });
}

/**
 * A question's turn has come: the oldest of these words that waits. Those before it were given up when silence was wanted.
 * @param {readonly Line[]} lines
 * @param {{ text: string, turn: number, isSpoken: boolean, at: string }} data
 * @param {number} session
 * @returns {readonly Line[]}
 */
function withTurn(lines, { text, turn, at }, session) {
  const isOpen = (/** @type {Line} */ line) => line.by === 'person' && line.session === session && line.status === 'queued';
  const found = lines.findIndex((line) => isOpen(line) && line.text === text);
  if (found < 0) {
    const isAskedAgain = lines.some((line) => line.by === 'person' && line.session === session && line.turn === turn);
    return isAskedAgain ? lines : [...lines, { ...blank, id: `${session}/turn-${turn}`, by: 'person', text, status: 'asked', session, turn, at }];
  }
  return lines.map((line, place) => {
    if (place === found) return { ...line, status: 'asked', turn };
    return place < found && isOpen(line) ? { ...line, status: 'skipped' } : line;
  });
}

/** @param {string | null | undefined} part */
function turnOf(part) {
  const number = /^turn-(\d+)$/.exec(part ?? '')?.[1];
  return number ? Number(number) : null;
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
      return { ...line, status: 'stopped', word: null, heard: data.heard ?? heardTo };
    case 'dropped':
      return { ...line, status: 'dropped', word: null, heard: heardTo };
    case 'failed':
      return { ...line, status: 'failed', problem: data.detail ?? '', fault: data.reason ?? '', word: null, heard: heardTo };
    default:
      return line;
  }
}

/**
 * Every line that the server had and had not done with gets this status: its session is over, or silence was wanted.
 * @param {readonly Line[]} lines
 * @param {'stopped' | 'unknown'} status
 * @returns {readonly Line[]}
 */
export function endOpen(lines, status) {
  return lines.filter((line) => line.status !== 'hearing').map((line) => {
    if (line.by === 'person') return line.status === 'queued' ? { ...line, status: 'skipped' } : line;
    return line.status === 'queued' || line.status === 'speaking' ? { ...line, status, word: null, heard: line.word?.offset ?? 0 } : line;
  });
}
