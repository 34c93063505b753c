import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decidingLine } from '../../../Holdfast.Server/wwwroot/js/fates.js';
import { seam } from '../../../Holdfast.Server/wwwroot/js/line.js';
import { endOpen, withEntry, withOutbox } from '../../../Holdfast.Server/wwwroot/js/lines.js';
import { partsOf } from '../../../Holdfast.Server/wwwroot/js/parts.js';
import { Turns } from '../../../Holdfast.Server/wwwroot/js/turns.js';

let number = 0;
const at = (seconds) => new Date(1_800_000_000_000 + seconds * 1_000).toISOString();
const entry = (kind, data, seconds = 0) => ({ number: ++number, kind, data: { at: at(seconds), ...data } });
const through = (lines, ...entries) => entries.reduce((now, one) => withEntry(now, one, 7), lines);
const seen = (lines) => lines.map(({ by, text, status, turn }) => [by, text, status, turn]);
const item = (key, status, more = {}) => ({ key, text: `text ${key}`, mode: 'chat', status, utteranceId: null, error: null, ...more });
const said = (text, key = null) => entry('said', { text, key, utteranceId: null });
const begins = (turn, text, more = {}) => entry('turnStarted', { turn, text, isSpoken: false, model: 'm', ...more });
const part = (turn, utteranceId, text) => entry('accepted', { utteranceId, text, key: null, part: `turn-${turn}` });

test('a question goes its way, and its answer has two parts', () => {
  let lines = withOutbox([], [item('k1', 'waiting')], 7);
  assert.deepEqual(seen(lines), [['person', 'text k1', 'waiting', null]]);
  lines = withOutbox(lines, [item('k1', 'accepted')], 7);
  assert.equal(lines[0].status, 'queued');
  lines = through(lines, said('text k1', 'k1'), begins(3, 'text k1'), part(3, 'u1', 'One.'), part(3, 'u2', 'Two.'), entry('started', { utteranceId: 'u1' }));
  assert.deepEqual(seen(lines), [['person', 'text k1', 'asked', 3], ['avatar', 'One.', 'speaking', 3], ['avatar', 'Two.', 'queued', 3]]);
  assert.equal(withOutbox(lines, [item('k1', 'accepted')], 7)[0], lines[0], 'the outbox does not set it back');
});

test('the journal may be faster than the answer: the question is there once', () => {
  const lines = through(withOutbox([], [item('k1', 'sending')], 7), said('text k1', 'k1'), begins(1, 'text k1'));
  assert.deepEqual(seen(withOutbox(lines, [item('k1', 'accepted')], 7)), [['person', 'text k1', 'asked', 1]]);
});

test('after a reload the journal tells the whole conversation again', () => {
  const lines = through([], said('Who are you?', 'k1'), begins(1, 'Who are you?'), part(1, 'u1', 'I am Lin.'), entry('started', { utteranceId: 'u1' }), entry('finished', { utteranceId: 'u1' }),
    said('And now?', 'k2'), begins(2, 'And now?'), entry('shown', { turn: 2, text: '🙂' }));
  assert.deepEqual(seen(lines), [['person', 'Who are you?', 'asked', 1], ['avatar', 'I am Lin.', 'said', 1], ['person', 'And now?', 'asked', 2], ['avatar', '🙂', 'shown', 2]]);
});

test('what is to be said as it stands is told once, although it is said and accepted', () => {
  const lines = through([], entry('said', { text: 'Echo.', key: 'k1', utteranceId: 'u1' }), entry('accepted', { utteranceId: 'u1', text: 'Echo.', key: 'k1', part: null }));
  assert.deepEqual(seen(lines), [['avatar', 'Echo.', 'queued', null]]);
});

test('a question that was given up when silence was wanted is not left waiting, here and after a reload', () => {
  const asked = through([], said('one', 'k1'), begins(1, 'one'), said('two', 'k2'));
  assert.deepEqual(seen(endOpen(asked, 'stopped')).at(-1), ['person', 'two', 'skipped', null]);
  assert.deepEqual(seen(through(asked, said('three', 'k3'), begins(3, 'three'))).map((line) => line[2]), ['asked', 'skipped', 'asked']);
});

test('what is recognised is replaced until it is known to the end, and becomes the question', () => {
  const heard = (text, final) => entry('heard', { turn: 4, text, final });
  let lines = through([], heard('Why is', false), heard('Why is the sky', false));
  assert.deepEqual(seen(lines), [['person', 'Why is the sky', 'hearing', 4]]);
  lines = through(lines, entry('phase', { turn: 4, phase: 'deciding' }), heard('Why is the sky blue?', true), begins(4, 'Why is the sky blue?', { isSpoken: true }));
  assert.deepEqual(seen(lines), [['person', 'Why is the sky blue?', 'asked', 4]]);
  assert.deepEqual(through(lines, heard('Why is the sky blue?', true)).length, 1);
});

test('a cough leaves no bubble', () => {
  const lines = through([], entry('heard', { turn: 4, text: 'uh', final: false }), entry('phase', { turn: 4, phase: 'speaking' }));
  assert.deepEqual(lines, []);
});

test('of an answer that was stopped it shows what was heard and what was not', () => {
  const lines = through([], begins(1, 'x'), part(1, 'u1', 'One two.'), part(1, 'u2', 'Three.'), entry('started', { utteranceId: 'u1' }),
    entry('interrupted', { utteranceId: 'u1', heard: 4 }), entry('interrupted', { utteranceId: 'u2', heard: null }));
  assert.deepEqual(partsOf(lines[1], 0), [{ text: 'One ', as: 'heard' }, { text: 'two.', as: 'cut' }]);
  assert.deepEqual(partsOf(lines[2], 0), [{ text: 'Three.', as: 'cut' }]);
  assert.equal(decidingLine(lines.slice(1)).status, 'stopped');
});

test('while it is said, words are lit as far as they were played, and what is repeated is marked', () => {
  const speaking = through([], part(1, 'u1', 'One two three.'), entry('started', { utteranceId: 'u1' }))[0];
  assert.deepEqual(partsOf(speaking, 4), [{ text: 'One ', as: 'heard' }, { text: 'two three.', as: 'coming' }]);
  assert.deepEqual(partsOf({ ...speaking, again: [4, 8] }, 14).map(({ as }) => as), ['heard', 'again', 'heard']);
  assert.deepEqual(partsOf({ ...speaking, status: 'said' }, 0), [{ text: 'One two three.', as: 'heard' }]);
});

test('between two parts of an answer it is still being given', () => {
  const lines = through([], part(1, 'u1', 'One.'), part(1, 'u2', 'Two.'), entry('finished', { utteranceId: 'u1' }));
  assert.equal(decidingLine(lines).status, 'said');
  assert.equal(decidingLine(lines.slice(1)).status, 'queued');
});

test('parts of English have a blank between them, those of Chinese do not', () => {
  assert.deepEqual([seam('One.', 'Two.'), seam('One. ', 'Two.'), seam('一。', '二。'), seam('', 'x'), seam('好', '🙂')], [' ', '', '', '', '']);
});

test('a turn takes as long as it takes until something is heard: from the question, or from the end of what was said aloud', () => {
  const turns = new Turns();
  const follow = (...entries) => entries.forEach((one) => turns.follow(one));
  follow(begins(1, 'x'), entry('answer', { turn: 1, firstTokenMilliseconds: 300, firstPieceMilliseconds: 450 }, 0.5));
  assert.ok(turns.isAwaited);
  follow(part(1, 'u1', 'One.'), part(1, 'u2', 'Two.'));
  assert.ok(!turns.isAwaited);
  follow(entry('started', { utteranceId: 'u1' }, 0.9), entry('started', { utteranceId: 'u2' }, 2));
  assert.deepEqual(turns.latency, { turn: 1, sound: 900, token: 300, piece: 450 });
  follow(entry('phase', { turn: 2, phase: 'deciding' }, 10), entry('turnStarted', { turn: 2, text: 'y', isSpoken: true, model: 'm' }, 10.4), part(2, 'u3', 'Three.'), entry('started', { utteranceId: 'u3' }, 10.65));
  assert.equal(turns.latency.sound, 650);
  const heard = (at, more) => entry('heard', { turn: 3, text: 'z', final: true, ...more }, at);
  follow(entry('phase', { turn: 3, phase: 'deciding' }, 20), heard(20.2, { sinceSpeechMilliseconds: 800, recognitionMilliseconds: 90 }), entry('turnStarted', { turn: 3, text: 'z', isSpoken: true, model: 'm' }, 20.2), part(3, 'u4', 'Four.'), entry('started', { utteranceId: 'u4' }, 20.5));
  assert.equal(turns.latency.sound, 1100, 'from when the voice ended, not from when it was known to have ended');
});

test('it is known whether anything is being said, and in which turns the model failed', () => {
  const turns = new Turns();
  const follow = (...entries) => entries.forEach((one) => turns.follow(one));
  follow(entry('phase', { turn: 1, phase: 'thinking' }), part(1, 'u1', 'One.'), entry('started', { utteranceId: 'u1' }));
  assert.deepEqual([turns.phase, turns.isSpeaking], ['thinking', true]);
  follow(entry('modelFailed', { turn: 1, cause: 'status', status: 429, sentence: 'x' }), entry('finished', { utteranceId: 'u1' }), entry('phase', { turn: 1, phase: 'quiet' }));
  assert.deepEqual([turns.phase, turns.isSpeaking, turns.failed.has(1)], ['quiet', false, true]);
  turns.take({ phase: 'thinking', turn: 0, model: 'old' });
  assert.equal(turns.phase, 'quiet', 'an answer of the server that is older than the journal changes nothing');
});
