import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countdown, graceWords, share, spanWords } from './durations.js';
import { texts } from './texts.js';

const zh = texts['zh-CN'];
const { en } = texts;

test('a countdown shows 0:00 only when nothing is left', () => {
  assert.deepEqual([300_000, 299_999, 61_000, 59_001, 1, 0, -5_000].map(countdown), ['5:00', '5:00', '1:01', '1:00', '0:01', '0:00', '0:00']);
});

test('the ring never turns further than round, nor backwards', () => {
  assert.deepEqual([share(150, 300), share(400, 300), share(-1, 300), share(1, 0)], [0.5, 1, 0, 0]);
});

test('the grace period is named as the session really has it', () => {
  assert.equal(graceWords(300_000, zh), '5分钟');
  assert.equal(graceWords(20_000, zh), '20秒');
  assert.equal(graceWords(90_000, zh), '90秒');
  assert.equal(graceWords(60_000, en), '1 minute');
  assert.equal(graceWords(300_000, en), '5 minutes');
  assert.equal(graceWords(20_000, en), '20 seconds');
});

test('a span is told as finely as it matters', () => {
  assert.equal(spanWords(12_449, zh), '12.4 秒');
  assert.equal(spanWords(59_949, en), '59.9 s');
  assert.equal(spanWords(59_960, en), '1:00');
  assert.equal(spanWords(185_000, en), '3:05');
  assert.equal(spanWords(3_765_000, en), '1:02:45');
  assert.equal(spanWords(-1, en), '0.0 s');
});
