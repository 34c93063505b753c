import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HoldfastError } from './errors.js';
import { HELD_AFTER_MS, canReconnect, initialState, isAway, isKept, isLive, reduce, remainingMs } from './state.js';

const transport = (state, attempt = 1, at = 50) => ({ type: 'transport', attempt, at, state });
const through = (state, ...actions) => actions.reduce(reduce, state);
const started = reduce(initialState, { type: 'start', at: 0 });
const created = through(started, { type: 'offered', attempt: 1, at: 1 }, { type: 'created', attempt: 1, at: 2, sessionId: 7, generation: 0, graceMs: 300_000 });
const connected = reduce(created, transport('connected'));
const interrupted = reduce(connected, { type: 'silent', attempt: 1, at: 1_300, since: 100 });
const held = reduce(interrupted, { type: 'tick', at: 100 + HELD_AFTER_MS });
const reconnecting = reduce(held, { type: 'climb', at: 20_000, level: 1, by: 'person' });
const found = reduce(initialState, { type: 'found', at: 5_000, sessionId: 7, graceMs: 300_000, since: 1_000, expiresAt: 301_000, elsewhere: false });
const stopping = reduce(connected, { type: 'stop' });
const ended = reduce(stopping, { type: 'stopped', attempt: 1 });
const error = reduce(started, { type: 'failed', attempt: 1, error: new HoldfastError('full', 'full') });
const all = { initialState, started, created, connected, interrupted, held, reconnecting, found, stopping, ended, error };

test('a start goes through its steps to connected', () => {
  assert.equal(started.step, 'offering');
  assert.equal(created.step, 'connecting');
  assert.deepEqual(connected, { status: 'connected', attempt: 1, sessionId: 7, generation: 0, missed: 0, since: 50, graceMs: 300_000, resumed: null });
});

test('silence interrupts; the session is kept for the grace period from the last media on', () => {
  assert.deepEqual(interrupted, {
    status: 'interrupted', attempt: 1, sessionId: 7, generation: 0, missed: 0, since: 100, expiresAt: 300_100, word: 'asking', heardAt: 100, graceMs: 300_000, reason: 'silent',
  });
  assert.equal(remainingMs(interrupted, 1_300), 298_800);
  assert.equal(remainingMs(interrupted, 400_000), 0);
  assert.equal(remainingMs(connected, 1_300), null);
});

test('an interruption of 10 s is a session held; sooner it is not', () => {
  assert.equal(reduce(interrupted, { type: 'tick', at: 99 + HELD_AFTER_MS }), interrupted);
  assert.equal(held.status, 'held');
  assert.equal(held.reason, 'silent');
  assert.equal(held.expiresAt, 300_100);
});

test('what the browser gives up is held at once, and keeps when it began', () => {
  const failed = reduce(interrupted, transport('failed', 1, 7_000));
  assert.deepEqual([failed.status, failed.reason, failed.since], ['held', 'failed', 100]);
  assert.equal(reduce(connected, transport('closed')).reason, 'closed');
  assert.equal(reduce(connected, transport('new')).reason, 'closed', 'Chromium goes back to new when the other side closes DTLS');
  assert.equal(reduce(held, transport('disconnected')), held, 'what is held does not become merely unsteady');
});

test('only packets bring a session back, not the word of the browser', () => {
  assert.equal(reduce(interrupted, transport('connected')), interrupted);
  assert.equal(reduce(held, transport('connected')), held);
  const healed = reduce(held, { type: 'flowing', attempt: 1, at: 15_100 });
  assert.deepEqual([healed.status, healed.resumed, healed.since], ['connected', { level: 0, awayMs: 15_000 }, 15_100]);
  assert.equal(reduce(connected, { type: 'flowing', attempt: 1, at: 60 }), connected);
});

test('the ladder: up its levels, and back with the one that worked', () => {
  assert.deepEqual([reconnecting.status, reconnecting.level, reconnecting.by, reconnecting.since], ['reconnecting', 1, 'person', 100]);
  const third = reduce(reconnecting, { type: 'rung', at: 1, level: 3 });
  assert.equal(third.level, 3);
  const back = reduce(third, { type: 'climbed', at: 20_100, level: 3, generation: 1 });
  assert.deepEqual([back.status, back.attempt, back.generation, back.resumed], ['connected', 2, 1, { level: 3, awayMs: 20_000 }]);
  assert.equal(reduce(reconnecting, { type: 'climbed', at: 1, level: 1, generation: 1 }).attempt, 1, 'a restarted path is the same connection');
});

test('D21: a ladder that failed leaves the session held, says why, and can be climbed again', () => {
  const problem = new HoldfastError('unreachable', 'x');
  const fallen = reduce(reconnecting, { type: 'fell', at: 35_000, error: problem });
  assert.deepEqual([fallen.status, fallen.reason, fallen.problem, fallen.since], ['held', 'silent', problem, 100]);
  assert.ok(canReconnect(fallen));
  assert.equal(reduce(fallen, { type: 'climb', at: 36_000, level: 1, by: 'person' }).status, 'reconnecting');
});

test('while the ladder is climbed, neither the browser nor a second climb changes anything', () => {
  for (const action of [transport('failed'), transport('connected'), { type: 'climb', at: 1, level: 1, by: 'policy' }, { type: 'flowing', attempt: 1, at: 1 }]) {
    assert.equal(reduce(reconnecting, action), reconnecting, action.type);
  }
});

test('heartbeats tell how long is left, and whether the server is there', () => {
  assert.equal(reduce(connected, { type: 'answered', at: 1, leftMs: 300_000 }), connected, 'no news');
  assert.equal(reduce(held, { type: 'answered', at: 50_000, leftMs: 200_000 }).expiresAt, 250_000);
  const twice = through(connected, { type: 'unanswered', at: 1, beat: true }, { type: 'unanswered', at: 2, beat: true });
  assert.equal(twice.missed, 2);
  assert.ok(!canReconnect(twice));
  const thrice = reduce(twice, { type: 'unanswered', at: 3, beat: true });
  assert.ok(canReconnect(thrice), 'three in a row: the button is offered');
  assert.equal(reduce(thrice, { type: 'answered', at: 4, leftMs: 300_000 }).missed, 0);
  assert.equal(reduce(thrice, { type: 'silent', attempt: 1, at: 9, since: 5 }).missed, 3, 'and does not forget it when media stops');
});

test('what is known of a session that is away is the last that was heard of it', () => {
  const words = (...actions) => through(held, ...actions).word;
  assert.equal(held.word, 'asking');
  const answered = { type: 'answered', at: 50_000, leftMs: 200_000 };
  const unanswered = { type: 'unanswered', at: 60_000, beat: false };
  assert.equal(words(answered), 'kept');
  assert.equal(through(held, answered).heardAt, 50_000);
  assert.equal(words(unanswered), 'none');
  assert.deepEqual([words(answered, unanswered), through(held, answered, unanswered).heardAt], ['none', 50_000]);
  assert.equal(words(unanswered, answered), 'kept');
  assert.equal(words(unanswered, { type: 'heard', at: 70_000 }), 'kept');
  assert.equal(through(held, unanswered).missed, 0, 'a question is no heartbeat');
  const fell = (code) => through(held, answered, { type: 'climb', at: 1, level: 1, by: 'person' }, { type: 'fell', at: 2, error: new HoldfastError(code, 'x') }).word;
  assert.deepEqual(['network', 'timeout', 'foreign', 'contested', 'unreachable'].map(fell), ['none', 'none', 'none', 'kept', 'kept']);
  assert.equal(reduce(connected, { type: 'restarting', at: 9 }).word, 'kept', 'it has said so');
});

test('over a polite stop what is still on its way says nothing, and what comes later is from the next process on the same connection', () => {
  const stopped = reduce(connected, { type: 'restarting', at: 50_000 });
  assert.deepEqual([stopped.status, stopped.reason], ['held', 'restarting']);
  assert.equal(reduce(stopped, { type: 'flowing', attempt: 1, at: 50_300 }), stopped);
  const back = reduce(stopped, { type: 'flowing', attempt: 1, at: 52_000 });
  assert.deepEqual([back.status, back.resumed.level, back.attempt], ['connected', 0, connected.attempt]);
});

test('what another tab has taken is not brought back by packets', () => {
  for (const state of [connected, interrupted, held, reconnecting]) {
    const taken = reduce(state, { type: 'taken', at: 20_000 });
    assert.deepEqual([taken.status, taken.reason], ['held', 'elsewhere']);
    assert.equal(reduce(taken, { type: 'flowing', attempt: 1, at: 20_001 }), taken);
  }
});

test('a session found after a reload is held; what another tab has waits for an answer', () => {
  assert.deepEqual([found.status, found.reason, found.attempt, found.expiresAt], ['held', 'reloaded', 1, 301_000]);
  const elsewhere = reduce(initialState, { type: 'found', at: 0, sessionId: 7, graceMs: 1, since: 0, expiresAt: 1, elsewhere: true });
  assert.equal(elsewhere.reason, 'elsewhere');
  for (const state of [created, connected, held, reconnecting, stopping]) assert.equal(reduce(state, { type: 'found', at: 0 }), state);
});

test('a path that fails while starting is an error, not an outage', () => {
  const failed = reduce(created, transport('failed'));
  assert.equal(failed.status, 'error');
  assert.equal(failed.error.code, 'unreachable');
  assert.equal(reduce(started, transport('connected')), started, 'and nothing is up before the server has made a session');
});

test('an older attempt changes nothing', () => {
  const second = reduce(held, { type: 'start', at: 100 });
  assert.equal(second.attempt, 2);
  for (const late of [
    transport('closed', 1),
    { type: 'created', attempt: 1, at: 1, sessionId: 9 },
    { type: 'failed', attempt: 1, error: new HoldfastError('network', 'x') },
    { type: 'flowing', attempt: 1, at: 1 },
    { type: 'silent', attempt: 1, at: 1, since: 0 },
    { type: 'stopped', attempt: 1 },
  ]) {
    assert.equal(reduce(second, late), second, late.type);
  }
});

test('what is possible where', () => {
  const where = (holds) => Object.keys(all).filter((name) => holds(all[name]));
  assert.deepEqual(where(isLive), ['started', 'created', 'connected', 'interrupted', 'held', 'reconnecting', 'found']);
  assert.deepEqual(where(isKept), ['connected', 'interrupted', 'held', 'reconnecting', 'found']);
  assert.deepEqual(where(isAway), ['interrupted', 'held', 'reconnecting', 'found']);
  assert.deepEqual(where(canReconnect), ['interrupted', 'held', 'found']);
  assert.deepEqual(
    where((state) => reduce(state, { type: 'start', at: 0 }) !== state),
    ['initialState', 'interrupted', 'held', 'reconnecting', 'found', 'stopping', 'ended', 'error'],
  );
  assert.deepEqual(where((state) => reduce(state, { type: 'stop' }).status === 'stopping' && state !== stopping),
    ['started', 'created', 'connected', 'interrupted', 'held', 'reconnecting', 'found']);
  assert.deepEqual(where((state) => reduce(state, { type: 'over', reason: 'expired', why: 'graceOver' }).status === 'ended' && state !== ended),
    ['connected', 'interrupted', 'held', 'reconnecting', 'found']);
});
