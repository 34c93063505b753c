import { seam } from './line.js';
import { heardOf } from './parts.js';

/** @typedef {import('./line.js').Line} Line */
/** @typedef {import('./notes.js').Note} Note */
/** @typedef {import('./texts.js').Texts} Texts */

/** One entry of the conversation, as it is shown. @typedef {{ note: Note } | { lines: readonly Line[] }} Entry */

/**
 * The conversation as a text: a line for each bubble and each note. What was not heard of an answer is left out, and an ellipsis says so.
 * @param {readonly Entry[]} entries
 * @param {Texts} words
 * @returns {string}
 */
export function transcriptOf(entries, words) {
  return entries.map((entry) => ('note' in entry ? `[${entry.note.words(words)}]` : bubbleText(entry.lines, words))).join('\n').concat('\n');
}

/**
 * @param {readonly Line[]} lines
 * @param {Texts} words
 */
function bubbleText(lines, words) {
  const who = words[lines[0].by === 'person' ? 'talk.you' : 'talk.they'];
  let text = '';
  for (const line of lines) {
    // What is still to be said will be heard, as far as anybody knows.
    const isOpen = line.status === 'queued' || line.status === 'speaking';
    const heard = isOpen ? line.text.length : heardOf(line, 0);
    if (heard < line.text.length) return `${who} ${(text + seam(text, line.text) + line.text.slice(0, heard)).trimEnd()}…`;
    text += seam(text, line.text) + line.text;
  }
  return `${who} ${text.trim()}`;
}

/**
 * Gives the person a text as a file.
 * @param {string} text
 * @param {string} name
 */
export function save(text, name) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], { type: 'text/plain;charset=utf-8' }));
  link.download = name;
  link.click();
  // The browser has begun to read it by then.
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
