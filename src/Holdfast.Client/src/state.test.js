import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HoldfastError } from './errors.js';
import { initialState, isLive, reduce } from './state.js';

const transport = (state, attempt = 1, at = 50) => ({ type: 'transport', attempt, at, state });
const started = reduce(initialState, { type: 'start', at: 0 });
const created = reduce(reduce(started, { type: 'offered', attempt: 1, at: 1 }), { type: 'created', attempt: 1, at: 2, sessionId: 7 });
const connected = reduce(created, transport('connected'));
const interrupted = reduce(connected, transport('disconnected', 1, 60));
const lost = reduce(interrupted, transport('failed', 1, 70));
const stopping = reduce(connected, { type: 'stop' });
const ended = reduce(stopping, { type: 'stopped', attempt: 1 });
const error = reduce(started, { type: 'failed', attempt: 1, error: new HoldfastError('full', 'full') });

test('a start goes through its steps to connected', () => {
  assert.deepEqual(started, { status: 'starting', attempt: 1, step: 'offering', since: 0, sessionId: null });
  assert.equal(created.step, 'connecting');
  assert.equal(created.sessionId, 7);
  assert.deepEqual(connected, { status: 'connected', attempt: 1, since: 50, sessionId: 7 });
});

test('an interruption heals by itself or becomes a loss, with its reason and its time', () => {
  assert.deepEqual(interrupted, { status: 'interrupted', attempt: 1, since: 60, sessionId: 7, reason: 'disconnected' });
  assert.equal(reduce(interrupted, transport('connected')).status, 'connected');
  assert.deepEqual(lost, { status: 'lost', attempt: 1, since: 70, sessionId: 7, reason: 'failed' });
  assert.equal(reduce(connected, transport('closed')).reason, 'closed');
  assert.equal(reduce(connected, transport('new')).reason, 'closed');
});

test('what is lost does not become merely interrupted, but can come back', () => {
  assert.equal(reduce(lost, transport('disconnected')), lost);
  assert.equal(reduce(lost, transport('connected')).status, 'connected');
});

test('the browser checking its path anew says nothing', () => {
  assert.equal(reduce(connected, transport('connecting')), connected);
  assert.equal(reduce(interrupted, transport('connecting')), interrupted);
  assert.equal(reduce(connected, transport('connected', 1, 99)), connected, 'the time of connecting stays');
});

test('a path that fails while starting is an error, not a loss', () => {
  const failed = reduce(created, transport('failed'));
  assert.equal(failed.status, 'error');
  assert.equal(failed.error.code, 'unreachable');
});

test('a connection cannot be up before the server has made a session', () => {
  assert.equal(reduce(started, transport('connected')), started);
});

test('an older attempt changes nothing', () => {
  const second = reduce(lost, { type: 'start', at: 100 });
  assert.equal(second.attempt, 2);
  for (const late of [
    transport('closed', 1),
    { type: 'created', attempt: 1, at: 1, sessionId: 9 },
    { type: 'failed', attempt: 1, error: new HoldfastError('network', 'x') },
    { type: 'gone', attempt: 1 },
    { type: 'stopped', attempt: 1 },
  ]) {
    assert.equal(reduce(second, late), second, late.type);
  }
});

test('starting is possible wherever no session works, and only there', () => {
  for (const state of [initialState, interrupted, lost, stopping, ended, error]) {
    assert.equal(reduce(state, { type: 'start', at: 0 }).status, 'starting', state.status);
  }
  for (const state of [started, created, connected]) assert.equal(reduce(state, { type: 'start', at: 0 }), state, state.status);
});

test('stopping is possible wherever there is something to stop, and only there', () => {
  for (const state of [started, created, connected, interrupted, lost]) assert.equal(reduce(state, { type: 'stop' }).status, 'stopping', state.status);
  for (const state of [initialState, stopping, ended, error]) assert.equal(reduce(state, { type: 'stop' }), state, state.status);
  assert.deepEqual(ended, { status: 'ended', attempt: 1, sessionId: 7, reason: 'stopped' });
});

test('a session that the server no longer has is ended from every state that has one', () => {
  for (const state of [created, connected, interrupted, lost]) {
    assert.deepEqual(reduce(state, { type: 'gone', attempt: 1 }), { status: 'ended', attempt: 1, sessionId: 7, reason: 'gone' }, state.status);
  }
  for (const state of [initialState, started, stopping, ended, error]) {
    assert.equal(reduce(state, { type: 'gone', attempt: state.attempt }), state, state.status);
  }
});

test('live is what holds a session or is getting one', () => {
  assert.deepEqual([initialState, started, connected, interrupted, lost, stopping, ended, error].map(isLive), [false, true, true, true, true, false, false, false]);
});
