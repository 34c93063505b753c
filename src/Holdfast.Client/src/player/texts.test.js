import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { HoldfastError } from '../errors.js';
import { errorText, languageOf, texts } from './texts.js';

const chinese = texts['zh-CN'];
const { en } = texts;

test('both languages have the same texts, of the same kinds, and none is empty', () => {
  assert.deepEqual(Object.keys(en), Object.keys(chinese));
  for (const [key, text] of Object.entries(chinese)) {
    assert.equal(typeof en[key], typeof text, key);
    for (const words of [text, en[key]]) assert.notEqual((typeof words === 'function' ? words(3) : words).trim(), '', key);
  }
});

test('the Chinese texts are Chinese, the English ones are not', () => {
  for (const [key, words] of Object.entries(chinese)) {
    const text = (value) => (typeof value === 'function' ? value('3') : value);
    assert.match(text(words), /\p{Script=Han}/u, key);
    assert.doesNotMatch(text(en[key]), /\p{Script=Han}/u, key);
  }
});

test('the buttons people know are called what people know', () => {
  assert.equal(chinese.start, '开始连接');
  assert.equal(chinese.reconnect, '手动重连');
  assert.equal(chinese['dock.stop'], '断开');
  assert.equal(chinese['dock.interrupt'], '停止说话');
});

test('every code an error can have has its words', async () => {
  const source = await readFile(new URL('../errors.js', import.meta.url), 'utf8');
  const typedef = source.match(/@typedef \{([^}]+)\} HoldfastErrorCode/)[1];
  const codes = [...typedef.matchAll(/'([a-z-]+)'/g)].map((match) => match[1]);
  assert.ok(codes.length >= 16);
  for (const code of codes) {
    for (const words of [chinese, en]) assert.ok(errorText(words, new HoldfastError(code, 'x')).length > 2, code);
  }
});

test('an error text adds what the server said about a refusal, and how long to wait', () => {
  const refused = new HoldfastError('refused', 'x', { detail: 'There is no avatar "bob".' });
  assert.match(errorText(chinese, refused), /There is no avatar "bob"\.$/);
  assert.match(errorText(chinese, new HoldfastError('full', 'x', { retryAfterSeconds: 20 })), /20 秒/);
  assert.doesNotMatch(errorText(chinese, new HoldfastError('full', 'x')), /null/);
});

test('a language that the player does not speak is answered in English', () => {
  assert.deepEqual(['zh', 'zh-CN', 'zh-Hant-TW', 'en-GB', 'fr', ''].map(languageOf), ['zh-CN', 'zh-CN', 'zh-CN', 'en', 'en', 'en']);
});
