import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HoldfastError } from '../../src/index.js';
import { texts } from '../../../Holdfast.Server/wwwroot/js/texts.js';
import { viewOf } from '../../../Holdfast.Server/wwwroot/js/view.js';

const states = {
  idle: { status: 'idle', attempt: 0 },
  offering: { status: 'starting', attempt: 1, step: 'offering', since: 0, sessionId: null },
  requesting: { status: 'starting', attempt: 1, step: 'requesting', since: 0, sessionId: null },
  connecting: { status: 'starting', attempt: 1, step: 'connecting', since: 0, sessionId: 1 },
  connected: { status: 'connected', attempt: 1, since: 0, sessionId: 1 },
  interrupted: { status: 'interrupted', attempt: 1, since: 0, sessionId: 1, reason: 'disconnected' },
  failed: { status: 'lost', attempt: 1, since: 0, sessionId: 1, reason: 'failed' },
  closed: { status: 'lost', attempt: 1, since: 0, sessionId: 1, reason: 'closed' },
  stopping: { status: 'stopping', attempt: 1, sessionId: 1 },
  stopped: { status: 'ended', attempt: 1, sessionId: 1, reason: 'stopped' },
  gone: { status: 'ended', attempt: 1, sessionId: 1, reason: 'gone' },
  error: { status: 'error', attempt: 1, error: new HoldfastError('full', 'x') },
};

test('every state has its words in both languages', () => {
  for (const [name, state] of Object.entries(states)) {
    const view = viewOf(state);
    for (const words of Object.values(texts)) {
      for (const key of [view.status, view.title, view.start, view.reconnect, ...(view.text ? [view.text] : [])]) assert.equal(typeof words[key], 'string', `${name}: ${key}`);
    }
  }
});

test('every state has a way on: start, reconnect or stop', () => {
  for (const [name, state] of Object.entries(states)) {
    const { canStart, canReconnect, canStop } = viewOf(state);
    assert.ok(canStart || canReconnect || canStop, name);
    assert.ok(!(canStart && (canReconnect || canStop)), name);
  }
});

test('the reconnect button is there when the connection is interrupted or lost, and only then', () => {
  const shown = Object.keys(states).filter((name) => viewOf(states[name]).canReconnect);
  assert.deepEqual(shown, ['interrupted', 'failed', 'closed']);
});

test('a reconnect button that starts a new session says so', () => {
  for (const name of ['interrupted', 'failed', 'closed']) {
    assert.match(texts['zh-CN'][viewOf(states[name]).reconnect], /新会话/);
    assert.match(texts.en[viewOf(states[name]).reconnect], /new/);
  }
});

test('a text can be sent only while connected', () => {
  assert.deepEqual(Object.keys(states).filter((name) => viewOf(states[name]).canTalk), ['connected']);
});

test('the colours tell the state: green only when connected, coral only for what is lost', () => {
  const toned = (tone) => Object.keys(states).filter((name) => viewOf(states[name]).tone === tone);
  assert.deepEqual(toned('good'), ['connected']);
  assert.deepEqual(toned('unsteady'), ['interrupted']);
  assert.deepEqual(toned('bad'), ['failed', 'closed', 'gone', 'error']);
});
