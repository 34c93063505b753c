import { blank } from './line.js';

/** @typedef {import('./line.js').Line} Line */

/**
 * What was recognised of the person's voice so far: each telling takes the place of the one before, until one is the last.
 * @param {readonly Line[]} lines
 * @param {{ turn: number, text: string, final: boolean, at: string }} data
 * @param {number} session
 * @returns {readonly Line[]}
 */
export function fromVoice(lines, { turn, text, final, at }, session) {
  /** @type {Line['status']} */
  const status = final ? 'queued' : 'hearing';
  const open = lines.findIndex((line) => line.session === session && line.status === 'hearing');
  if (text.trim() === '') return open < 0 ? lines : lines.toSpliced(open, 1);
  if (open >= 0) return lines.with(open, { ...lines[open], text, status, turn });
  // Told again, as after the process has changed, it is the same.
  const id = `${session}/heard-${turn}`;
  if (lines.some((line) => line.id === id)) return lines;
  return [...lines, { ...blank, id, by: 'person', text, status, session, turn, at }];
}

/**
 * Nobody listens any more: what had no end was no words.
 * @param {readonly Line[]} lines
 * @param {number} session
 * @returns {readonly Line[]}
 */
export function withoutPartial(lines, session) {
  const left = lines.filter((line) => line.status !== 'hearing' || line.session !== session);
  return left.length === lines.length ? lines : left;
}
