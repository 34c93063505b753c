import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LevelMeter, levelOf } from './level-meter.js';

/** What the meter hears, at the moment. */
let loudness = 0;

class Context {
  async resume() {}
  createMediaStreamSource() {
    return { connect() {}, disconnect() {} };
  }
  createAnalyser() {
    return { fftSize: 0, getFloatTimeDomainData: (/** @type {Float32Array} */ samples) => samples.fill(loudness) };
  }
}

/** @param {import('node:test').TestContext} t */
function meter(t) {
  t.mock.timers.enable({ apis: ['setInterval'] });
  Object.assign(globalThis, { AudioContext: Context });
  /** @type {[number, boolean][]} */
  const told = [];
  const made = new LevelMeter((level, speaking) => told.push([level, speaking]));
  made.unlock();
  made.listen(/** @type {MediaStream} */ (/** @type {unknown} */ ({ getAudioTracks: () => [{}] })));
  told.length = 0;
  return { made, told };
}

test('how loud it is, is told a dozen times a second, and not on each frame of the page', (t) => {
  const { told } = meter(t);
  loudness = 0.1;
  t.mock.timers.tick(1_000);
  assert.ok(told.length >= 10 && told.length <= 15, `${told.length} times`);
  assert.deepEqual(told.at(-1), [0.8, true]);
});

test('nothing is measured once there is nothing to hear', (t) => {
  const { made, told } = meter(t);
  made.listen(null);
  told.length = 0;
  t.mock.timers.tick(1_000);
  assert.deepEqual(told, []);
});

test('a level is one of twenty steps between silence and full', () => {
  assert.equal(levelOf(0.001), 0);
  assert.equal(levelOf(1), 1);
  for (const rms of [0.003, 0.01, 0.0333, 0.07, 0.2]) assert.equal((levelOf(rms) * 20) % 1, 0);
});
