import assert from 'node:assert/strict';
import { test } from 'node:test';
import { noteOf } from '../../../Holdfast.Server/wwwroot/js/notes.js';
import { texts } from '../../../Holdfast.Server/wwwroot/js/texts.js';

const kept = { attempt: 1, sessionId: 1, generation: 1, missed: 0, graceMs: 300_000 };
const states = {
  idle: { status: 'idle', attempt: 0 },
  starting: { status: 'starting', attempt: 1, step: 'offering', since: 0, sessionId: null, generation: 0, graceMs: 0 },
  connected: { status: 'connected', ...kept, since: 0, resumed: null },
  back: { status: 'connected', ...kept, since: 0, resumed: { level: 1, awayMs: 12_449 } },
  interrupted: { status: 'interrupted', ...kept, since: 0, expiresAt: 1, reason: 'silent' },
  held: { status: 'held', ...kept, since: 0, expiresAt: 1, word: 'kept', reason: 'silent', problem: null },
  elsewhere: { status: 'held', ...kept, since: 0, expiresAt: 1, reason: 'elsewhere', problem: null },
  climbing: { status: 'reconnecting', ...kept, since: 0, expiresAt: 1, reason: 'silent', level: 1, by: 'person' },
};
const ended = (reason) => ({ status: 'ended', attempt: 1, sessionId: 1, reason });
const name = (words) => (words === texts.en ? 'Lin' : '琳');
const told = (state, previous) => {
  const note = noteOf(state, previous, name);
  return note && [note.tone, note.words(texts['zh-CN']), note.words(texts.en), note.outage];
};

test('a recovery says how long it took', () => {
  assert.deepEqual(told(states.back, states.climbing), ['held', '断线 12.4 秒后恢复', 'Back after 12.4 s', 'ends']);
});

test('a first connection says with whom', () => {
  assert.deepEqual(told(states.connected, states.starting), ['good', '已与琳连接', 'Connected with Lin', null]);
});

test('one outage has one note from its beginning to its end', () => {
  const outage = (state, previous) => noteOf(state, previous, name)?.outage;
  assert.equal(outage(states.interrupted, states.connected), 'begins');
  assert.equal(outage(states.held, states.interrupted), 'goes-on');
  assert.equal(outage(states.held, states.connected), 'begins');
  assert.equal(outage(states.held, states.climbing), undefined);
  assert.equal(outage(states.starting, states.held), 'ends');
});

test('what is noted of a loss is what is known of it, and is rewritten when that changes', () => {
  const asking = { ...states.held, word: 'asking' };
  const none = { ...states.held, word: 'none' };
  assert.deepEqual(told(asking, states.connected).slice(1), ['连接断开', 'Connection lost', 'begins']);
  assert.deepEqual(told(none, asking).slice(1), ['连接断开，服务器没有回应', 'Connection lost, and the server does not answer', 'goes-on']);
  assert.deepEqual(told(states.held, none).slice(1), ['连接断开，会话为你保留', 'Connection lost, session kept for you', 'goes-on']);
  assert.equal(told(none, none), null);
});

test('a restart of the server is told, also where the loss of the connection was told first', () => {
  const restarting = { ...states.held, reason: 'restarting' };
  assert.deepEqual(told(restarting, states.connected), ['held', '服务器正在重启，对话为你保留', 'The server is restarting, your conversation is kept', 'begins']);
  assert.equal(told(restarting, states.held)[3], 'goes-on');
  assert.equal(told({ ...restarting, missed: 2 }, restarting), null);
  assert.equal(told({ ...restarting, reason: 'restarted' }, restarting), null);
});

test('what another tab has is no outage', () => {
  assert.equal(told(states.elsewhere, states.idle), null);
});

test('every end is said plainly, in the colour it has', () => {
  const tones = ['stopped', 'expired', 'closed', 'replaced', 'gone'].map((reason) => told(ended(reason), states.held)[0]);
  assert.deepEqual(tones, ['quiet', 'bad', 'bad', 'quiet', 'bad']);
});
