import assert from 'node:assert/strict';
import { test } from 'node:test';
import { texts } from '../../../Holdfast.Server/wwwroot/js/texts.js';
import { pageFile, pageFiles } from './page-files.js';

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
  const international = new Set(['header.language', 'header.language.label', 'talk.samples.echo', 'status.roundtrip']);
  for (const [key, words] of Object.entries(chinese)) {
    if (international.has(key)) continue;
    const text = (value) => String(typeof value === 'function' ? value(3) : value);
    assert.match(text(words), /\p{Script=Han}/u, key);
    assert.doesNotMatch(text(en[key]), /\p{Script=Han}/u, key);
  }
});

test('every text that the page names exists, and every text is used', async () => {
  const html = await pageFile('index.html');
  const named = [...html.matchAll(/data-(?:text|label)="([^"]+)"/g)].map((match) => match[1]);
  assert.ok(named.length > 20);
  for (const key of named) assert.equal(typeof chinese[key], 'string', key);

  const scripts = (await Promise.all((await pageFiles('.js')).map(pageFile))).join('\n');
  for (const key of Object.keys(chinese)) {
    const built = /^(line|note|now|choice\.voice|choice\.speed|settings\.policy)\./.test(key);
    // Once for each language, in chinese.js and english.js; a third time where it is used.
    assert.ok(built || named.includes(key) || scripts.split(`'${key}'`).length - 1 >= 3, `${key} is not used`);
  }
});
