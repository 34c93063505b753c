import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isPlayed, placeOf, subtitleOf } from '../../../Holdfast.Server/wwwroot/js/subtitles.js';

const text = 'Hello there. You can pull the plug, whenever you like! 你好，世界。';
const word = (piece) => ({ offset: text.indexOf(piece), length: piece.length });

test('the sentence of the word is shown: up to it spoken, the rest coming', () => {
  assert.deepEqual(subtitleOf(text, null), { spoken: '', coming: 'Hello there.', again: null });
  assert.deepEqual(subtitleOf(text, word('Hello')), { spoken: 'Hello', coming: ' there.', again: null });
  assert.deepEqual(subtitleOf(text, word('there')), { spoken: 'Hello there.', coming: '', again: null });
  assert.deepEqual(subtitleOf(text, word('pull')), { spoken: 'You can pull', coming: ' the plug,', again: null });
  assert.deepEqual(subtitleOf(text, word('世界')), { spoken: '你好，世界。', coming: '', again: null });
});

test('what is said a second time is marked where it is spoken', () => {
  const again = [text.indexOf('can'), text.indexOf(' plug')];
  const marked = (piece) => {
    const { spoken, again: part } = subtitleOf(text, word(piece), again);
    return part && spoken.slice(...part);
  };
  assert.equal(marked('You'), null);
  assert.equal(marked('can'), 'can');
  assert.equal(marked('plug'), 'can pull the');
  assert.equal(marked('whenever'), null);
});

test('a long part is shown in windows that do not cut words, and every word is shown in one of them', () => {
  const long = Array.from({ length: 60 }, (_, i) => `word${i}`).join(' ');
  for (const match of long.matchAll(/\S+/g)) {
    const { spoken, coming } = subtitleOf(long, { offset: match.index, length: match[0].length });
    assert.ok(spoken.endsWith(match[0]), `${spoken} | ${match[0]}`);
    assert.ok((spoken + coming).length <= 64);
  }
});

test('offsets that make no sense are no reason to fail', () => {
  assert.deepEqual(subtitleOf('', { offset: 3, length: 9 }), { spoken: '', coming: '', again: null });
  assert.deepEqual(subtitleOf('abc', { offset: 7, length: 9 }), { spoken: 'abc', coming: '', again: null });
});

test('whether a timestamp was played, also where timestamps begin anew', () => {
  assert.ok(isPlayed(1000, 1000));
  assert.ok(!isPlayed(999, 1000));
  assert.ok(isPlayed(5, 4_294_967_290));
  assert.ok(!isPlayed(4_294_967_290, 5));
  assert.ok(isPlayed(null, 5) && isPlayed(5, null), 'what is not known holds nothing up');
});

test('a place is named by a few whole words, up to the next pause', () => {
  assert.equal(placeOf(text, text.indexOf('pull')), 'pull the plug');
  assert.equal(placeOf(text, text.indexOf(', whenever')), 'whenever you like');
  assert.equal(placeOf(text, text.indexOf('世界')), '世界');
  assert.equal(placeOf('网线，我会在这里等你', 0), '网线');
  assert.equal(placeOf("it doesn't matter. Really", 0), "it doesn't matter");
  assert.equal(placeOf('which is a little longer than the first one was. Here', 0), 'which is a little longer than…');
  assert.equal(placeOf('我会在这里等你然后从断开的地方继续说下去', 0), '我会在这里等你然后从断开的地…');
  assert.equal(placeOf('', 4), '');
});
