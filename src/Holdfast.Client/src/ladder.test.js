import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeTime, settle } from '../tests/fakes.js';
import { HoldfastError } from './errors.js';
import { LIMITS_MS, climb } from './ladder.js';

const never = () => new Promise(() => {});

function setUp(...ways) {
  const time = new FakeTime();
  const tried = [];
  const abort = new AbortController();
  const signals = {};
  const rungs = ways.map((way, index) => ({
    level: index + 1,
    climb: (signal) => {
      signals[index + 1] = signal;
      return way(signal);
    },
  }));
  const result = climb(rungs, time, (level) => tried.push([level, time.now]), abort.signal);
  result.catch(() => {});
  return { time, tried, abort, signals, result };
}

test('the first way that works ends the climb', async () => {
  const { result, tried, time } = setUp(async () => {}, never, never);
  assert.equal(await result, 1);
  assert.deepEqual(tried, [[1, 0]]);
  assert.equal(time.pending, 0);
});

test('a way that takes too long is left for the next: 1.5 s, 3 s, 10 s', async () => {
  assert.deepEqual(LIMITS_MS, { 1: 1_500, 2: 3_000, 3: 10_000 });
  const { result, tried, time, signals } = setUp(never, never, never);
  await time.advance(20_000);
  assert.deepEqual(tried, [[1, 0], [2, 1_500], [3, 4_500]]);
  await assert.rejects(result, { code: 'unreachable' });
  for (const level of [1, 2, 3]) assert.ok(signals[level].aborted, `level ${level} is told to stop`);
  assert.equal(time.pending, 0);
});

test('a way that fails is left at once', async () => {
  const { result, tried } = setUp(async () => { throw new HoldfastError('network', 'x'); }, async () => { throw new TypeError('y'); }, async () => {});
  assert.equal(await result, 3);
  assert.deepEqual(tried.map(([level]) => level), [1, 2, 3]);
});

test('what is final ends the climb: no other way would change it', async () => {
  for (const code of ['gone', 'replaced', 'unauthorized', 'contested']) {
    const { result, tried } = setUp(async () => { throw new HoldfastError(code, 'x'); }, never);
    await assert.rejects(result, { code });
    assert.equal(tried.length, 1, code);
  }
});

test('a climb that is given up stops where it is', async () => {
  const { result, tried, time, abort, signals } = setUp(never, never);
  await time.advance(100);
  abort.abort();
  await assert.rejects(result, { code: 'cancelled' });
  await settle();
  assert.deepEqual(tried, [[1, 0]]);
  assert.ok(signals[1].aborted);
  assert.equal(time.pending, 0);
});
