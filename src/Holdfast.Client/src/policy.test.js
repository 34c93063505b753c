import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nextRetryDelay } from './policy.js';

const middle = () => 0.5;
const hints = [null, 'online', 'visible', 'answered'];

test('manual: the person decides, whatever happens', () => {
  for (const hint of hints) for (const tries of [0, 1, 5]) assert.equal(nextRetryDelay('manual', { tries, hint }, middle), null);
});

test('assisted: once in an outage, and only when something speaks for the network', () => {
  assert.equal(nextRetryDelay('assisted', { tries: 0, hint: null }, middle), null);
  for (const hint of hints.slice(1)) {
    assert.equal(nextRetryDelay('assisted', { tries: 0, hint }, middle), 250);
    assert.equal(nextRetryDelay('assisted', { tries: 1, hint }, middle), null);
  }
});

test('auto: soon, then with growing pauses up to 15 s', () => {
  const pauses = [0, 1, 2, 3, 4, 5, 6, 50].map((tries) => nextRetryDelay('auto', { tries, hint: null }, middle));
  assert.deepEqual(pauses, [2_000, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000, 15_000]);
  assert.equal(nextRetryDelay('auto', { tries: 6, hint: 'online' }, middle), 250, 'a good sign is not waited out');
});

test('auto: many clients do not come back in step', () => {
  assert.equal(nextRetryDelay('auto', { tries: 6, hint: null }, () => 0), 12_000);
  assert.equal(nextRetryDelay('auto', { tries: 6, hint: null }, () => 1), 18_000);
});
