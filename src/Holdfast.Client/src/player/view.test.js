import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HoldfastError } from '../errors.js';
import { canReconnect } from '../state.js';
import { texts } from './texts.js';
import { DUE_AFTER_MS, MISSING_AFTER_MS, noticeOf, viewOf } from './view.js';

const kept = { attempt: 1, sessionId: 1, generation: 1, missed: 0, graceMs: 300_000 };
const away = { ...kept, since: 0, expiresAt: 300_000, word: 'kept', heardAt: 1_000 };
const states = {
  idle: { status: 'idle', attempt: 0 },
  offering: { status: 'starting', attempt: 1, step: 'offering', since: 0, sessionId: null, generation: 0, graceMs: 0 },
  requesting: { status: 'starting', attempt: 1, step: 'requesting', since: 0, sessionId: null, generation: 0, graceMs: 0 },
  connecting: { status: 'starting', attempt: 1, step: 'connecting', since: 0, sessionId: 1, generation: 1, graceMs: 300_000 },
  connected: { status: 'connected', ...kept, since: 0, resumed: null },
  unreachable: { status: 'connected', ...kept, missed: 3, since: 0, resumed: null },
  interrupted: { status: 'interrupted', ...away, reason: 'silent' },
  asking: { status: 'interrupted', ...away, word: 'asking', reason: 'silent' },
  interruptedUnheard: { status: 'interrupted', ...away, word: 'none', reason: 'silent' },
  heldAsking: { status: 'held', ...away, word: 'asking', reason: 'closed', problem: null },
  unheard: { status: 'held', ...away, word: 'none', reason: 'silent', problem: null },
  fellUnheard: { status: 'held', ...away, word: 'none', reason: 'silent', problem: new HoldfastError('network', 'x') },
  silent: { status: 'held', ...away, reason: 'silent', problem: null },
  failed: { status: 'held', ...away, reason: 'failed', problem: null },
  closedPath: { status: 'held', ...away, reason: 'closed', problem: null },
  restarting: { status: 'held', ...away, reason: 'restarting', problem: null },
  restarted: { status: 'held', ...away, reason: 'restarted', problem: null },
  reloaded: { status: 'held', ...away, reason: 'reloaded', problem: null },
  elsewhere: { status: 'held', ...away, reason: 'elsewhere', problem: null },
  fell: { status: 'held', ...away, reason: 'silent', problem: new HoldfastError('unreachable', 'x') },
  level1: { status: 'reconnecting', ...away, reason: 'silent', level: 1, by: 'person' },
  level2: { status: 'reconnecting', ...away, reason: 'silent', level: 2, by: 'person' },
  level3: { status: 'reconnecting', ...away, reason: 'reloaded', level: 3, by: 'reload' },
  stopping: { status: 'stopping', attempt: 1, sessionId: 1 },
  stopped: { status: 'ended', attempt: 1, sessionId: 1, reason: 'stopped', why: null },
  expired: { status: 'ended', attempt: 1, sessionId: 1, reason: 'expired', why: null },
  closed: { status: 'ended', attempt: 1, sessionId: 1, reason: 'closed', why: null },
  replaced: { status: 'ended', attempt: 1, sessionId: 1, reason: 'replaced', why: null },
  gone: { status: 'ended', attempt: 1, sessionId: 1, reason: 'gone', why: null },
  error: { status: 'error', attempt: 1, error: new HoldfastError('network', 'x') },
  full: { status: 'error', attempt: 1, error: new HoldfastError('full', 'x') },
};
const zh = texts['zh-CN'];
const names = (condition) => Object.keys(states).filter((name) => condition(viewOf(states[name]), name));

test('every state has its words in both languages, whatever the policy and the time', () => {
  for (const [name, state] of Object.entries(states)) {
    for (const policy of ['manual', 'assisted', 'auto']) {
      for (const now of [0, 300_000, 300_000 + DUE_AFTER_MS]) {
        const view = viewOf(state, { policy, now });
        const keys = [view.status, view.title, view.start, view.reconnect, view.stop, ...(view.text ? [view.text] : [])];
        for (const words of Object.values(texts)) for (const key of keys) assert.equal(typeof words[key], 'string', `${name}: ${key}`);
      }
    }
  }
});

test('every state has a way on', () => {
  for (const [name, state] of Object.entries(states)) {
    const { canStart, canReconnect: reconnect, canStartAnew, canStop } = viewOf(state);
    assert.ok(canStart || reconnect || canStop, name);
    assert.ok(!(canStart && (reconnect || canStop || canStartAnew)), name);
  }
});

test('the reconnect button is there exactly when a reconnect may help', () => {
  for (const [name, state] of Object.entries(states)) assert.equal(viewOf(state).canReconnect, canReconnect(state), name);
  assert.equal(zh[viewOf(states.silent).reconnect], '手动重连');
  assert.equal(zh[viewOf(states.elsewhere).reconnect], '在这里继续');
});

test('starting anew is offered wherever a session is held, and after its end it is all that is offered', () => {
  assert.deepEqual(names((view) => view.canStartAnew), ['heldAsking', 'unheard', 'fellUnheard', 'silent', 'failed', 'closedPath', 'restarting', 'restarted', 'reloaded', 'elsewhere', 'fell']);
  for (const name of ['expired', 'closed', 'replaced', 'gone']) {
    const view = viewOf(states[name]);
    assert.deepEqual([view.scene, view.start, view.canStart, view.canReconnect, view.canStop], ['over', 'start.anew', true, false, false], name);
  }
});

test('a text can be sent only while sound and pictures flow', () => {
  assert.deepEqual(names((view) => view.canTalk), ['connected', 'unreachable']);
});

test('the colours tell the state: green connected, amber unsteady, blue kept, coral only what is lost', () => {
  assert.deepEqual(names((view) => view.tone === 'good'), ['connected']);
  assert.deepEqual(names((view) => view.tone === 'unsteady'), ['unreachable', 'interrupted', 'asking', 'interruptedUnheard', 'full']);
  assert.deepEqual(names((view) => view.tone === 'held'), ['heldAsking', 'unheard', 'fellUnheard', 'silent', 'failed', 'closedPath', 'restarting', 'restarted', 'reloaded', 'elsewhere', 'fell', 'level1', 'level2', 'level3']);
  assert.deepEqual(names((view) => view.tone === 'bad'), ['expired', 'closed', 'gone', 'error']);
});

test('while one waits for a place, asking again changes neither what is said nor the button, until there is one', () => {
  const waitsUntil = 5_000;
  const waiting = viewOf(states.full, { waitsUntil });
  for (const step of ['offering', 'requesting']) {
    const { title, start, status, scene, tone, canStart, waiting: until, text } = viewOf(states[step], { waitsUntil });
    assert.deepEqual({ title, start, status, scene, tone, canStart }, { ...pick(waiting), canStart: true });
    assert.deepEqual({ until, text }, { until: null, text: 'full.asking' });
  }
  assert.equal(viewOf(states.connecting, { waitsUntil }).scene, 'starting');

  /** @param {ReturnType<typeof viewOf>} view */
  function pick({ title, start, status, scene, tone }) {
    return { title, start, status, scene, tone };
  }
});

test('held counts down; climbing shows the level and says honestly what is tried', () => {
  assert.deepEqual(names((view) => view.ring === 'countdown'), ['heldAsking', 'unheard', 'fellUnheard', 'silent', 'failed', 'closedPath', 'restarting', 'restarted', 'reloaded', 'fell']);
  assert.deepEqual(names((view) => view.ring === 'ladder'), ['level1', 'level2', 'level3']);
  assert.deepEqual(['level1', 'level2', 'level3'].map((name) => viewOf(states[name]).level), [1, 2, 3]);
  assert.deepEqual(['level1', 'level2', 'level3'].map((name) => zh[viewOf(states[name]).title]), ['正在重启通道…', '请服务器帮忙…', '正在建立新连接…']);
});

test('a failed reconnect says why, and the session is still there', () => {
  const view = viewOf(states.fell);
  assert.equal(view.problem, states.fell.problem);
  assert.equal(view.title, 'failed.title');
  assert.ok(view.canReconnect && view.canStartAnew);
});

test('when the time is over and nobody can say whether the session is, the page says that it does not know', () => {
  const due = 300_000 + DUE_AFTER_MS;
  for (const name of ['silent', 'fell']) {
    assert.notEqual(viewOf(states[name], { now: due - 1 }).title, 'due.title');
    const view = viewOf(states[name], { now: due });
    assert.deepEqual([view.title, view.tone, view.canReconnect, view.canStartAnew], ['due.title', 'held', true, true]);
  }
  assert.equal(viewOf(states.elsewhere, { now: due }).title, 'elsewhere.title');
});

test('what nobody has said is not promised: while the server is asked, and where it does not answer', () => {
  assert.deepEqual(names((view) => [view.title, view.status, view.text].some((key) => /^(held\.(title|closed|failed|reloaded|silent)|failed\.title|status\.held)$/.test(key))),
    ['silent', 'failed', 'closedPath', 'restarting', 'restarted', 'reloaded', 'fell']);
  assert.deepEqual([viewOf(states.unheard).title, viewOf(states.unheard).unheard], ['unheard.title', { key: 'unheard.text', since: 1_000, until: 300_000 }]);
  assert.deepEqual([viewOf(states.fellUnheard).title, viewOf(states.fellUnheard).unheard?.since], ['failed.unheard.title', 1_000]);
  assert.equal(viewOf(states.heldAsking).title, 'asking.title');
});

test('a server that said it restarts, and does not come back, is not said to be restarting for ever', () => {
  const waiting = { ...states.restarting, word: 'none' };
  assert.equal(viewOf(waiting, { now: 1_000 + MISSING_AFTER_MS - 1 }).title, 'held.restarting.title');
  const view = viewOf(waiting, { now: 1_000 + MISSING_AFTER_MS });
  assert.deepEqual([view.title, view.unheard], ['missing.title', { key: 'missing.text', since: 1_000, until: 300_000 }]);
});

test('a call without a picture says so, and why; a server that does not answer is the greater news', () => {
  for (const noPicture of ['codec', 'refused']) {
    const view = viewOf(states.connected, { noPicture });
    assert.deepEqual([view.scene, view.tone, view.status, view.title, view.text, view.canTalk], ['sound', 'good', 'status.sound', 'sound.title', `sound.${noPicture}`, true]);
  }
  assert.equal(viewOf(states.unreachable, { noPicture: 'codec' }).scene, 'unreachable');
});

test('a policy that reconnects by itself is not hidden behind words that ask for a click', () => {
  assert.equal(viewOf(states.silent, { policy: 'auto' }).text, 'held.auto');
  assert.equal(viewOf(states.silent, { policy: 'assisted' }).text, 'held.assisted');
  assert.equal(viewOf(states.silent, { policy: 'manual' }).text, 'held.silent');
});

test('the toasts are those that people know', () => {
  const told = (state, previous, policy) => {
    const notice = noticeOf(states[state], states[previous], policy);
    return notice && ('graceMs' in notice ? zh[notice.key]('5分钟') : zh[notice.key]);
  };
  assert.equal(told('offering', 'idle'), '正在连接...');
  assert.equal(told('connected', 'connecting'), 'WebRTC连接成功');
  assert.equal(noticeOf({ ...states.connected, resumed: { level: 1, awayMs: 1 } }, states.level1).key, 'toast.recovered');
  assert.equal(zh['toast.recovered'], 'WebRTC连接已恢复');
  assert.equal(told('interrupted', 'connected'), null, 'nothing is promised before the server has said it');
  assert.equal(told('interrupted', 'asking'), '连接断开，系统保留会话5分钟，可点击重连按钮');
  assert.equal(told('interruptedUnheard', 'asking'), '连接断开，服务器没有回应');
  assert.equal(told('failed', 'interrupted'), 'WebRTC连接失败，请手动重连');
  assert.equal(told('unreachable', 'connected'), '服务器连接中断，请手动重连');
  assert.equal(zh['toast.nosession'], '没有有效的会话 ID，请重新连接');
  assert.equal(told('interrupted', 'asking', 'auto'), '连接断开，系统保留会话5分钟，将自动重连');
});

test('how long the session is kept is told as the server has just said it: shorter where nobody has spoken', () => {
  const left = (leftMs) => noticeOf({ ...states.interrupted, heardAt: 1_000, expiresAt: 1_000 + leftMs }, states.asking).graceMs;
  assert.deepEqual([left(300_000), left(298_400), left(120_000), left(47_000)], [300_000, 300_000, 120_000, 50_000]);
});

test('nothing is told twice, and nothing of what the stage says by itself', () => {
  assert.equal(noticeOf(states.silent, states.interrupted), null);
  assert.equal(noticeOf({ ...states.unreachable, missed: 4 }, states.unreachable), null);
  assert.equal(noticeOf(states.fell, states.level3), null);
  assert.equal(noticeOf(states.elsewhere, states.idle), null);
  assert.equal(noticeOf(states.expired, states.silent), null);
  assert.equal(noticeOf({ status: 'error', attempt: 1, error: new HoldfastError('cancelled', 'x') }, states.connecting), null);
});
