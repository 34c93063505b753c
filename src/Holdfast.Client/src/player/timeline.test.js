import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MOST_SEGMENTS, append, lengthOf } from './timeline.js';
import { describe } from './timeline-bar.js';
import { texts } from './texts.js';

const kept = { attempt: 1, sessionId: 1, generation: 1, missed: 0, graceMs: 300_000 };
const idle = { status: 'idle', attempt: 0 };
const starting = { status: 'starting', attempt: 1, step: 'offering', since: 0, sessionId: null, generation: 0, graceMs: 0 };
const connected = (since, resumed = null, missed = 0) => ({ status: 'connected', ...kept, missed, since, resumed });
const away = (status, since, more = {}) => ({ status, ...kept, since, expiresAt: since + 300_000, reason: 'silent', ...more });
const ended = (reason) => ({ status: 'ended', attempt: 1, sessionId: 1, reason });

/** Plays states at their times. */
function play(...steps) {
  let [segments, previous] = [[], idle];
  for (const [now, state] of steps) {
    segments = append(segments, state, previous, now);
    previous = state;
  }
  return segments;
}
const kinds = (segments) => segments.map(({ kind }) => kind).join(' ');

test('a whole story is drawn in its order, without gaps', () => {
  const segments = play(
    [0, starting],
    [200, connected(200)],
    [11_500, away('interrupted', 10_000)],
    [20_000, away('held', 10_000)],
    [30_000, away('reconnecting', 10_000, { level: 1, by: 'person' })],
    [30_150, connected(30_150, { level: 1, awayMs: 20_150 })],
  );
  assert.equal(kinds(segments), 'starting connected interrupted held connected');
  for (const [place, segment] of segments.entries()) assert.equal(segment.to, segments[place + 1]?.from ?? null);
});

test('a loss begins when the last media came, not when it was noticed', () => {
  const segments = play([0, starting], [200, connected(200)], [11_500, away('interrupted', 10_000)]);
  assert.deepEqual(segments.slice(1).map(({ from, to }) => [from, to]), [[200, 10_000], [10_000, null]]);
});

test('a loss never begins before what it interrupts', () => {
  const segments = play([0, starting], [5_000, connected(5_000)], [5_100, away('interrupted', 4_000)]);
  assert.deepEqual(segments.map((segment) => lengthOf(segment, 6_000)), [5_000, 0, 1_000]);
});

test('attempts to come back are counted, not drawn', () => {
  const held = away('held', 10_000);
  const climb = away('reconnecting', 10_000, { level: 1, by: 'person' });
  const segments = play([0, starting], [200, connected(200)], [20_000, held], [21_000, climb], [22_000, { ...climb, level: 2 }], [30_000, held], [31_000, climb]);
  assert.equal(kinds(segments), 'starting connected held');
  assert.equal(segments.at(-1).tries, 2);
});

test('a server that does not answer is unsteady, although pictures come', () => {
  const segments = play([0, starting], [200, connected(200)], [60_000, connected(200, null, 3)], [80_000, connected(200, null, 4)], [81_000, connected(200)]);
  assert.equal(kinds(segments), 'starting connected unreachable connected');
});

test('a detail that it does not show changes nothing', () => {
  const before = play([0, starting], [200, connected(200)]);
  assert.equal(append(before, connected(200, null, 1), connected(200), 20_000), before);
});

test('what is lost ends it; what is stopped merely stops', () => {
  const lost = play([0, starting], [200, connected(200)], [400_000, ended('expired')]);
  assert.equal(kinds(lost), 'starting connected lost');
  assert.equal(lost.at(-1).reason, 'timeline.reason.expired');
  const stopped = play([0, starting], [200, connected(200)], [5_000, { status: 'stopping', attempt: 1, sessionId: 1 }], [5_100, ended('stopped')]);
  assert.equal(kinds(stopped), 'starting connected');
  assert.equal(stopped.at(-1).to, 5_000);
});

test('a new session has a history of its own', () => {
  const segments = play([0, starting], [200, connected(200)], [20_000, away('held', 10_000)], [30_000, { ...starting, attempt: 2 }]);
  assert.deepEqual(segments.map(({ kind, from }) => [kind, from]), [['starting', 30_000]]);
});

test('a session found after a reload begins where it was left', () => {
  const segments = play([500, away('held', -3_000, { reason: 'reloaded' })]);
  assert.deepEqual([segments[0].kind, segments[0].from, segments[0].reason], ['held', -3_000, 'timeline.reason.reloaded']);
});

test('a connection that flaps all night is remembered only in part', () => {
  const steps = [[0, starting]];
  for (let at = 1_000; at < 500_000; at += 2_000) steps.push([at, connected(at)], [at + 1_000, away('interrupted', at + 1_000)]);
  const segments = play(...steps);
  assert.equal(segments.length, MOST_SEGMENTS);
  assert.equal(segments.at(-1).kind, 'interrupted');
});

test('a segment tells when it began, how long it lasted and why, in both languages', () => {
  const segment = { kind: 'held', from: 0, to: null, reason: 'timeline.reason.failed', tries: 2, level: null };
  const told = (words) => describe(segment, { words, lasted: 12_400, began: '12:00:04' });
  assert.equal(told(texts['zh-CN']), '12:00:04 · 断开，会话保留 · 12.4 秒 · 浏览器放弃了连接 · 重连 2 次');
  assert.equal(told(texts.en), '12:00:04 · Lost, session kept · 12.4 s · the browser gave up · 2 tries');
  const back = { ...segment, kind: 'connected', reason: null, tries: 0, level: 0 };
  assert.match(describe(back, { words: texts.en, lasted: 61_000, began: 'x' }), /1:01 · healed by itself$/);
});
