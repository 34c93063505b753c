import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pageFile, pageFiles } from './page-files.js';

const html = await pageFile('index.html');
const ids = [...html.matchAll(/\sid="([^"]+)"/g)].map((match) => match[1]);

test("the ids that people's scripts know and that are not the player's are there, on the elements they expect", () => {
  const known = {
    sessionid: 'input',
    'human-text': 'textarea',
    'send-human-text': 'button',
    'connection-status': 'p',
  };
  for (const [id, tag] of Object.entries(known)) assert.match(html, new RegExp(`<${tag}\\b[^>]*\\sid="${id}"`), id);
});

test('no id is there twice, and every id that a label or a button points to exists', () => {
  assert.equal(new Set(ids).size, ids.length);
  for (const [, target] of html.matchAll(/(?:aria-labelledby|aria-describedby|popovertarget|for)="([^"]+)"/g)) assert.ok(ids.includes(target), target);
  for (const [, target] of html.matchAll(/href="#([^"]+)"/g)) assert.ok(ids.includes(target), target);
});

test('a strict content security policy is kept: nothing inline, nothing from elsewhere', async () => {
  assert.doesNotMatch(html, /\son[a-z]+\s*=/i, 'an inline handler');
  assert.doesNotMatch(html, /\sstyle\s*=/i, 'an inline style');
  assert.doesNotMatch(html, /<style\b/i, 'a style block');
  assert.doesNotMatch(html, /javascript:/i);
  for (const [, attributes, body] of html.matchAll(/<script\b([^>]*)>([\s\S]*?)<\/script>/g)) {
    assert.match(attributes, /src="[a-z]/);
    assert.equal(body.trim(), '');
  }
  for (const [, address] of html.matchAll(/(?:src|href)="([^"#]+)"/g)) assert.match(address, /^[a-z]+\/[a-z./]+$/, `${address}: relative, so that the page works under a prefix`);
  for (const path of await pageFiles('.css')) assert.doesNotMatch(await pageFile(path), /url\(\s*['"]?(?:https?:)?\/\/|@import/, path);
  for (const path of await pageFiles('.js')) {
    const script = await pageFile(path);
    assert.doesNotMatch(script, /(?:from|import) '\//, `${path}: relative, so that the page works under a prefix`);
    assert.doesNotMatch(script, /\beval\(|new Function\(|innerHTML|insertAdjacentHTML|setAttribute\('style'/, path);
  }
});

test('every element that the scripts ask for is in the page', async () => {
  const pages = { 'js/console.js': 'webrtc1.html', 'js/demo.js': 'demo.html' };
  for (const path of await pageFiles('.js')) {
    const script = await pageFile(path);
    const page = await pageFile(path.startsWith('js/admin') ? 'admin.html' : pages[path] ?? 'index.html');
    const ids = [...page.matchAll(/\sid="([^"]+)"/g)].map((match) => match[1]);
    for (const [, id] of script.matchAll(/(?:element|setText|getElementById|show)\('([a-z-]+)'/g)) assert.ok(ids.includes(id), `${path}: ${id}`);
  }
});

test('everything that can be pressed has a name', () => {
  for (const [, attributes, body] of html.matchAll(/<button\b([^>]*)>([\s\S]*?)<\/button>/g)) {
    assert.ok(/data-(label|text|seconds)=/.test(attributes + body), attributes);
    assert.match(attributes, /type="(button|submit)"/, attributes);
  }
});

test('the round trip that changes every second is not read out, and state changes are, once: by the player', () => {
  assert.match(html, /id="status-detail"[^>]*aria-hidden="true"/);
  assert.doesNotMatch(html, /role="status"|aria-live/);
});

test('the player is there, with the choice of avatars in its lobby', () => {
  assert.match(html, /<holdfast-player\b[^>]*\sid="player"/);
  assert.match(html, /<fieldset\b[^>]*\sslot="lobby"/);
});

test('no script has grown beyond what can be read in one go', async () => {
  for (const path of await pageFiles('.js')) assert.ok((await pageFile(path)).split('\n').length <= 250, path);
});

test('motion stops for those who asked for it', async () => {
  assert.match(await pageFile('css/page.css'), /prefers-reduced-motion: reduce/);
});
