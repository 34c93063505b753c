import assert from 'node:assert/strict';
import { test } from 'node:test';

// The book makes an item for each note, and looks at none.
globalThis.document = /** @type {any} */ ({ createElement: () => ({}) });
const { NoteBook } = await import('../../../Holdfast.Server/wwwroot/js/note-book.js');

/** @typedef {import('../../../Holdfast.Server/wwwroot/js/notes.js').Note} Note */

/**
 * @param {Note['outage']} outage
 * @param {string} text
 * @param {number} [awayMs]
 * @returns {Note}
 */
const note = (outage, text, awayMs) => ({ tone: 'held', words: () => text, outage, ...(awayMs === undefined ? {} : { awayMs }) });

/** What the notes of a book say, in order. */
function bookOf() {
  /** @type {Map<object, string>} */
  const said = new Map();
  const book = new NoteBook((entry) => said.set(entry, entry.note.words(/** @type {any} */ ({}))));
  return { book, said: () => [...said.values()] };
}

test('an outage has one note, which says at last where speech goes on', () => {
  const { book, said } = bookOf();
  book.write(note('begins', 'lost'));
  book.write(note('goes-on', 'kept'));
  book.write(note('ends', 'back after 20 s', 20_100));
  book.resumed(() => 'away for 20 s, continuing from x', 19_300);
  assert.deepEqual(said(), ['away for 20 s, continuing from x']);
});

test('a short loss after a long outage does not pass for the outage', () => {
  const { book, said } = bookOf();
  book.write(note('begins', 'lost'));
  book.write(note('ends', 'back after 20 s', 20_100));
  book.resumed(() => 'away for 0.2 s, continuing from x', 200);
  assert.deepEqual(said(), ['back after 20 s']);
});

test('speech that goes on before the connection is noticed to be back is told in the note of that outage', () => {
  const { book, said } = bookOf();
  book.write(note('begins', 'lost'));
  book.resumed(() => 'away for 2 s, continuing from x', 2_000);
  book.write(note('ends', 'back after 2 s', 2_100));
  assert.deepEqual(said(), ['away for 2 s, continuing from x']);
});
