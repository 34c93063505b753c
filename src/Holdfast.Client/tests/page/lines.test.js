import assert from 'node:assert/strict';
import { test } from 'node:test';
import { endOpen, withEntry, withOutbox } from '../../../Holdfast.Server/wwwroot/js/lines.js';

const item = (key, status, more = {}) => ({ key, text: `text ${key}`, status, utteranceId: null, error: null, ...more });
const entry = (kind, utteranceId, more = {}) => ({ number: 1, kind, data: { utteranceId, ...more } });
const through = (lines, ...entries) => entries.reduce((now, one) => withEntry(now, one, 7), lines);
const statuses = (lines) => lines.map((line) => line.status);
const accepted = withOutbox([], [item('k1', 'accepted', { utteranceId: 'u1' }), item('k2', 'waiting')], 7);

test('what is said goes its way: waiting, sending, queued, speaking, said', () => {
  let lines = withOutbox([], [item('k1', 'waiting')], 7);
  assert.deepEqual(statuses(lines), ['waiting']);
  lines = withOutbox(lines, [item('k1', 'sending')], 7);
  assert.deepEqual(statuses(lines), ['sending']);
  lines = withOutbox(lines, [item('k1', 'accepted', { utteranceId: 'u1' })], 7);
  assert.deepEqual(statuses(lines), ['queued']);
  lines = through(lines, entry('started', 'u1'), entry('word', 'u1', { offset: 2, length: 3, rtpTimestamp: 9 }));
  assert.deepEqual([lines[0].status, lines[0].word], ['speaking', { offset: 2, length: 3, rtpTimestamp: 9 }]);
  lines = through(lines, entry('finished', 'u1'));
  assert.deepEqual([lines[0].status, lines[0].word], ['said', null]);
  assert.equal(withOutbox(lines, [item('k1', 'accepted', { utteranceId: 'u1' })], 7)[0], lines[0], 'the outbox does not set it back');
});

test('what was withdrawn is gone; what the server has is not', () => {
  assert.deepEqual(withOutbox(accepted, [item('k1', 'accepted', { utteranceId: 'u1' })], 7).map((line) => line.id), ['k1']);
  assert.deepEqual(withOutbox(accepted, [], 7).map((line) => line.id), ['k1']);
});

test('the journal may be faster than the answer, and tells what another page has said', () => {
  const own = withEntry(withOutbox([], [item('k1', 'sending')], 7), entry('accepted', 'u1', { text: 'text k1', key: 'k1' }), 7);
  assert.deepEqual(own.map(({ id, status, utteranceId }) => [id, status, utteranceId]), [['k1', 'queued', 'u1']]);
  const both = withEntry(own, entry('accepted', 'u2', { text: 'from elsewhere', key: null }), 7);
  assert.deepEqual(both.map(({ id, text }) => [id, text]), [['k1', 'text k1'], ['7/u2', 'from elsewhere']]);
  assert.equal(withEntry(both, entry('accepted', 'u2', { text: 'from elsewhere', key: null }), 7), both, 'told again, it is the same');
});

test('what has no words, an action or a recording, has no line', () => {
  assert.deepEqual(withEntry([], entry('accepted', 'u1', { text: '', key: null }), 7), []);
  const lines = withEntry([], entry('accepted', 'u2', { text: 'with words', key: null }), 7);
  assert.equal(through(lines, entry('accepted', 'u3', { text: ' ', key: null }), entry('started', 'u3'), entry('finished', 'u3')).length, 1);
});

test('after a reload the journal tells the whole story again', () => {
  const lines = through([], entry('accepted', 'u1', { text: 'one', key: 'k1' }), entry('started', 'u1'), entry('finished', 'u1'),
    entry('accepted', 'u2', { text: 'two', key: null }), entry('interrupted', 'u2'));
  assert.deepEqual(lines.map(({ text, status }) => [text, status]), [['one', 'said'], ['two', 'stopped']]);
  assert.deepEqual(withOutbox(lines, [item('k3', 'waiting')], 7).map((line) => line.id), ['k1', '7/u2', 'k3']);
});

test('each end has its own word', () => {
  for (const [kind, status] of [['interrupted', 'stopped'], ['dropped', 'dropped'], ['failed', 'failed']]) {
    assert.equal(through(accepted, entry('started', 'u1'), entry(kind, 'u1', { detail: 'no voice' }))[0].status, status);
  }
  const failed = through(accepted, entry('failed', 'u1', { detail: 'no voice', reason: 'voiceMissing' }))[0];
  assert.deepEqual([failed.problem, failed.fault], ['no voice', 'voiceMissing']);
});

test('what is said a second time is marked, as far as it had been heard', () => {
  const speaking = through(accepted, entry('started', 'u1'));
  assert.deepEqual(withEntry(speaking, entry('resumed', 'u1', { offset: 2 }), 7, 6)[0].again, [2, 6]);
  assert.equal(withEntry(speaking, entry('resumed', 'u1', { offset: 2 }), 7, 2)[0].again, null);
});

test('utterances of another session have the same names and are not meant', () => {
  assert.equal(withEntry(accepted, entry('finished', 'u1'), 8), accepted);
});

test('the end of a session ends what was open and leaves the rest', () => {
  const lines = through(accepted, entry('started', 'u1'));
  assert.deepEqual(statuses(endOpen(lines, 'unknown')), ['unknown', 'waiting']);
});

test('an untouched line is the same object, so that it is not drawn again', () => {
  const after = through(accepted, entry('started', 'u1'));
  assert.equal(after[1], accepted[1]);
});
