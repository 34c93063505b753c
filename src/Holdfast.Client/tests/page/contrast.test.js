import assert from 'node:assert/strict';
import { test } from 'node:test';
import { colours } from '../../src/player/styles/colours.js';
import { contrast } from '../contrast.js';
import { pageFile } from './page-files.js';

const css = await pageFile('css/tokens.css');
const light = tokens(css.match(/:root \{([^}]+)\}/)[1]);
const dark = { ...light, ...tokens(css.match(/:root\[data-theme="dark"\] \{([^}]+)\}/)[1]) };

const texts = [
  ['ink', 'paper'], ['ink', 'card'], ['ink', 'well'],
  ['soft', 'paper'], ['soft', 'card'], ['soft', 'well'], ['soft', 'quiet-soft'],
  ['kelp-ink', 'kelp-soft'], ['kelp-ink', 'card'],
  ['amber-ink', 'amber-soft'], ['amber-ink', 'card'],
  ['coral-ink', 'coral-soft'], ['coral-ink', 'card'],
  ['deep-ink', 'deep-soft'],
  ['on-fill', 'kelp-fill'], ['on-fill', 'kelp-fill-strong'], ['on-fill', 'coral-fill'], ['on-fill', 'coral-fill-strong'], ['on-fill', 'deep-fill'],
  ['paper', 'ink'],
];
const shapes = [['edge', 'card'], ['kelp-fill', 'card'], ['deep-fill', 'paper'], ['deep-fill', 'card']];

for (const [name, theme] of [['light', light], ['dark', dark]]) {
  test(`text in the ${name} theme has a contrast of 4.5 : 1 (WCAG 2.2, 1.4.3)`, () => {
    for (const [front, back] of texts) assert.ok(contrast(theme[front], theme[back]) >= 4.5, `${front} on ${back}: ${contrast(theme[front], theme[back])}`);
  });

  test(`controls and the focus ring in the ${name} theme have a contrast of 3 : 1 (WCAG 2.2, 1.4.11)`, () => {
    for (const [front, back] of shapes) assert.ok(contrast(theme[front], theme[back]) >= 3, `${front} on ${back}: ${contrast(theme[front], theme[back])}`);
  });
}

test('the page wears the colours of the player', () => {
  const shared = Object.keys(colours).filter((name) => name in light);
  assert.ok(shared.length > 18);
  for (const name of shared) assert.deepEqual([light[name], dark[name]], colours[name], name);
});

function tokens(block) {
  return Object.fromEntries([...block.matchAll(/--([a-z-]+): (#[0-9a-f]{6})/g)].map((match) => [match[1], match[2]]));
}
