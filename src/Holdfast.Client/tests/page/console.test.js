import assert from 'node:assert/strict';
import { test } from 'node:test';
import { consoleTexts } from '../../../Holdfast.Server/wwwroot/js/console-texts.js';
import { noticeOf, statusOf } from '../../../Holdfast.Server/wwwroot/js/console-words.js';
import { HoldfastError } from '../../src/errors.js';
import { UNREACHABLE_AFTER_MISSED } from '../../src/states.js';

const kept = { attempt: 1, sessionId: 1, generation: 1, missed: 0, graceMs: 300_000 };
const away = { ...kept, since: 0, expiresAt: 300_000, heardAt: 0, word: 'kept', reason: 'silent' };
const connected = { status: 'connected', ...kept, since: 0, resumed: null };
const interrupted = (word, more) => ({ status: 'interrupted', ...away, word, ...more });
const held = (reason, word = 'kept') => ({ status: 'held', ...away, reason, word, problem: null });
const climbing = { status: 'reconnecting', ...away, level: 1, by: 'person' };
const ended = (reason) => ({ status: 'ended', attempt: 1, sessionId: 1, reason, why: null });
const failed = (code) => ({ status: 'error', attempt: 1, error: new HoldfastError(code, 'x') });
const starting = { status: 'starting', attempt: 1, step: 'offering', since: 0, sessionId: null, generation: 0, graceMs: 0 };
const { 'zh-CN': zh, en } = consoleTexts;

/** @type {[when: string, previous: any, state: any, zh: string | null][]} */
const list = [
  ['a start', { status: 'idle', attempt: 0 }, starting, '正在连接...'],
  ['the first connection', starting, connected, 'WebRTC连接成功'],
  ['nothing arrives, and the server has not been heard', connected, interrupted('asking'), null],
  ['it says that it keeps the session', interrupted('asking'), interrupted('kept'), '连接断开，系统保留会话5分钟，可点击重连按钮'],
  ['and that it does so for less', interrupted('asking'), interrupted('kept', { heardAt: 1_000, expiresAt: 31_000 }), '连接断开，系统保留会话30秒，可点击重连按钮'],
  ['it does not answer', interrupted('asking'), interrupted('none'), '连接断开，服务器没有回应'],
  ['the same, of a session that is given up meanwhile', interrupted('asking'), held('silent', 'none'), '连接断开，服务器没有回应'],
  ['nothing for ten seconds', interrupted('kept'), held('silent'), 'WebRTC连接失败，请手动重连'],
  ['another reason for the same loss', held('silent'), held('failed'), null],
  ['an attempt', held('silent'), climbing, '正在连接...'],
  ['it failed', climbing, held('silent'), 'WebRTC连接失败，请手动重连'],
  ['it worked', climbing, connected, 'WebRTC连接已恢复'],
  ['three heartbeats are not answered', { ...connected, missed: 2 }, { ...connected, missed: 3 }, '服务器连接中断，请手动重连'],
  ['another tab has it', connected, held('elsewhere'), '会话已在另一个标签页打开'],
  ['the server says that it restarts', connected, held('restarting'), '服务器正在重启，对话为你保留'],
  ['the same, later', held('silent'), held('restarting'), '服务器正在重启，对话为你保留'],
  ['it is back', held('restarting'), held('restarted'), '服务器已恢复，可点击重连按钮'],
  ['expired', held('silent'), ended('expired'), '会话已过期，请重新连接'],
  ['closed', connected, ended('closed'), '会话已被服务器关闭，请重新连接'],
  ['another client has it', connected, ended('replaced'), '会话已在别处继续'],
  ['the server knows no such session', held('silent'), ended('gone'), '没有有效的会话 ID，请重新连接'],
  ['the person stopped', connected, ended('stopped'), null],
  ['full', starting, failed('full'), '服务器已满，请稍后再试'],
  ['a start did not work', starting, failed('network'), 'WebRTC连接失败，请重新连接'],
];

test('the console says what people know, when it is true', () => {
  for (const [when, previous, state, words] of list) {
    assert.equal(noticeOf(state, previous, zh, UNREACHABLE_AFTER_MISSED), words, when);
    const english = noticeOf(state, previous, en, UNREACHABLE_AFTER_MISSED);
    assert.equal(english === null, words === null, when);
    assert.ok(english === null || !/undefined|NaN/.test(english), english);
  }
});

test('its sign promises nothing that the server has not said', () => {
  assert.deepEqual(
    [held('silent'), held('silent', 'none'), held('silent', 'asking'), held('elsewhere'), connected].map((state) => en.status[statusOf(state)]),
    ['Lost, and kept', 'Lost', 'Lost', 'In another tab', 'Connected'],
  );
});

test('both languages say the same things', () => {
  assert.deepEqual(Object.keys(zh).sort(), Object.keys(en).sort());
  assert.deepEqual(Object.keys(zh.status), Object.keys(en.status));
});
