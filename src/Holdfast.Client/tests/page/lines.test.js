import assert from 'node:assert/strict';
import { test } from 'node:test';
import { advance, endOpen } from '../../../Holdfast.Server/wwwroot/js/lines.js';

const lines = (...statuses) => statuses.map((status, index) => ({ id: index + 1, text: `text ${index + 1}`, status, problem: '' }));
const statuses = (list) => list.map((line) => line.status);

test('the first line left is being spoken, those before it were said, those behind it wait', () => {
  assert.deepEqual(statuses(advance(lines('queued', 'queued', 'queued'), { speaking: true, queued: 3 })), ['speaking', 'queued', 'queued']);
  assert.deepEqual(statuses(advance(lines('speaking', 'queued', 'queued'), { speaking: true, queued: 2 })), ['said', 'speaking', 'queued']);
  assert.deepEqual(statuses(advance(lines('said', 'said', 'speaking'), { speaking: false, queued: 0 })), ['said', 'said', 'said']);
});

test('a line that is accepted but not yet heard waits', () => {
  assert.deepEqual(statuses(advance(lines('queued'), { speaking: false, queued: 1 })), ['queued']);
});

test('lines that never reached the server take no place', () => {
  assert.deepEqual(statuses(advance(lines('failed', 'queued', 'sending', 'queued'), { speaking: true, queued: 2 })), ['failed', 'speaking', 'sending', 'queued']);
});

test('more waiting on the server than the page knows of changes nothing too early', () => {
  assert.deepEqual(statuses(advance(lines('queued'), { speaking: true, queued: 4 })), ['speaking']);
});

test('an interruption or a loss ends what was open and leaves the rest', () => {
  assert.deepEqual(statuses(endOpen(lines('said', 'speaking', 'queued', 'failed', 'sending'), 'stopped')), ['said', 'stopped', 'stopped', 'failed', 'sending']);
  assert.deepEqual(statuses(endOpen(lines('speaking'), 'unknown')), ['unknown']);
});

test('an untouched line is the same object, so that it is not drawn again', () => {
  const before = lines('said', 'speaking', 'queued');
  const after = advance(before, { speaking: true, queued: 2 });
  for (const [place, line] of before.entries()) assert.equal(after[place], line);
});
