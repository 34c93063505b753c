import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readFile, readdir } from 'node:fs/promises';
import { structure } from './structure.js';
import { texts } from './texts.js';

/** Every element of the player, each with those that it is in. */
function* elements(nodes = structure, within = []) {
  for (const [tag, attributes = {}, ...children] of nodes) {
    const element = { tag, attributes, children, within };
    yield element;
    yield* elements(children.filter(Array.isArray), [...within, element]);
  }
}
const all = [...elements()];
const withId = (id) => all.find((element) => element.attributes.id === id);

test("the ids that people's scripts know are there, on the elements they expect, and none is there twice", () => {
  const known = { start: 'button', stop: 'button', reconnect: 'button', video: 'video', audio: 'audio', toast: 'div' };
  for (const [id, tag] of Object.entries(known)) assert.equal(withId(id)?.tag, tag, id);
  const ids = all.map((element) => element.attributes.id).filter(Boolean);
  assert.equal(new Set(ids).size, ids.length);
});

test('every text that the player names exists', () => {
  const named = all.flatMap(({ attributes }) => [attributes['data-text'], attributes['data-label']]).filter(Boolean);
  assert.ok(named.length >= 7);
  for (const key of named) assert.equal(typeof texts['zh-CN'][key], 'string', key);
});

test('everything that can be pressed is a button, and has a name', () => {
  const filledByScript = new Set(['start', 'stop', 'reconnect', 'mute']);
  for (const { tag, attributes, children } of all) {
    if (tag !== 'button') continue;
    assert.equal(attributes.type, 'button');
    const named = 'data-text' in attributes || 'data-label' in attributes || children.some(([, inner = {}]) => 'data-text' in inner);
    assert.ok(named || filledByScript.has(attributes.id), attributes.id);
  }
});

test('changes are read out in one live region, the countdown is not', () => {
  assert.equal(withId('announcer').attributes.role, 'status');
  assert.equal(withId('remaining').attributes['aria-live'], 'off');
  const live = all.filter(({ attributes }) => /^(status|alert|log)$/.test(attributes.role) || (attributes['aria-live'] ?? 'off') !== 'off');
  assert.deepEqual(live.map(({ attributes }) => attributes.id), ['announcer']);
});

test('nothing is parsed as HTML or written as an inline style, so that the strictest policy of a page allows it', async () => {
  const folder = new URL('./', import.meta.url);
  const files = (await readdir(folder, { recursive: true })).filter((path) => path.endsWith('.js') && !path.endsWith('.test.js'));
  assert.ok(files.length > 12);
  for (const path of files) {
    const script = await readFile(new URL(path, folder), 'utf8');
    assert.doesNotMatch(script, /\beval\(|new Function\(|innerHTML|insertAdjacentHTML|setAttribute\('style'|@import|url\(/, path);
  }
});

test('every element that the scripts ask for is there', async () => {
  const asked = [];
  for (const path of ['face', 'media', 'ring', 'loudness', 'timeline-bar']) {
    const script = await readFile(new URL(`./${path}.js`, import.meta.url), 'utf8');
    asked.push(...[...script.matchAll(/(?:\bfind\((?:this\.#)?root, |\bbutton\()'([a-z-]+)'/g)].map((match) => match[1]));
    for (const [, ids] of script.matchAll(/#write\(('[^)]*)\)/g)) asked.push(...[...ids.matchAll(/'([a-z-]+)'/g)].map((match) => match[1]));
  }
  assert.ok(asked.length > 25);
  for (const id of asked) assert.ok(withId(id), id);
});
