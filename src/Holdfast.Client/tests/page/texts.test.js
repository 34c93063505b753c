import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { HoldfastError } from '../../src/index.js';
import { errorText, texts } from '../../../Holdfast.Server/wwwroot/js/texts.js';
import { pageFile } from './page-files.js';

const chinese = texts['zh-CN'];
const { en } = texts;

test('both languages have the same texts, of the same kinds, and none is empty', () => {
  assert.deepEqual(Object.keys(en), Object.keys(chinese));
  for (const [key, text] of Object.entries(chinese)) {
    assert.equal(typeof en[key], typeof text, key);
    assert.equal(Array.isArray(en[key]), Array.isArray(text), key);
    for (const words of [text, en[key]]) {
      const sample = typeof words === 'function' ? words(3) : words;
      assert.ok(Array.isArray(sample) ? sample.length > 0 && sample.every(Boolean) : sample.trim() !== '', key);
    }
  }
});

test('the Chinese texts are Chinese, the English ones are not', () => {
  const international = new Set(['header.language', 'header.language.label', 'talk.samples', 'status.roundtrip']);
  for (const [key, words] of Object.entries(chinese)) {
    if (international.has(key)) continue;
    const text = (value) => String(typeof value === 'function' ? value(3) : value);
    assert.match(text(words), /\p{Script=Han}/u, key);
    assert.doesNotMatch(text(en[key]), /\p{Script=Han}/u, key);
  }
});

test('the buttons people know are called what people know', () => {
  assert.equal(chinese.start, '开始连接');
  assert.equal(chinese['dock.stop'], '断开');
  assert.equal(chinese['dock.interrupt'], '打断');
  assert.equal(`${chinese['status.connected']}${chinese['status.roundtrip'](24)}`, '已连接 · 24 ms');
});

test('every code an error can have has its words', async () => {
  const source = await readFile(new URL('../../src/errors.js', import.meta.url), 'utf8');
  const typedef = source.match(/@typedef \{([^}]+)\} HoldfastErrorCode/)[1];
  const codes = [...typedef.matchAll(/'([a-z-]+)'/g)].map((match) => match[1]);
  assert.ok(codes.length >= 13);
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

test('every text that the page names exists, and every text is used', async () => {
  const html = await pageFile('index.html');
  const named = [...html.matchAll(/data-(?:text|label)="([^"]+)"/g)].map((match) => match[1]);
  assert.ok(named.length > 20);
  for (const key of named) assert.equal(typeof chinese[key], 'string', key);

  const scripts = (await Promise.all(['main', 'view', 'settings', 'conversation', 'stage', 'texts'].map((name) => pageFile(`js/${name}.js`)))).join('\n');
  for (const key of Object.keys(chinese)) {
    const built = /^(line|starting|lost|error)\./.test(key);
    // Once for each language in texts.js; a third time where it is used.
    assert.ok(built || named.includes(key) || scripts.split(`'${key}'`).length - 1 >= 3, `${key} is not used`);
  }
});
