import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readFile } from 'node:fs/promises';
import { contrast, mix } from '../../../tests/contrast.js';
import { colours } from './colours.js';

const texts = [
  ['ink', 'paper'], ['ink', 'card'], ['soft', 'card'], ['soft', 'quiet-soft'],
  ['kelp-ink', 'card'],
  ['amber-ink', 'amber-soft'], ['amber-ink', 'card'],
  ['coral-ink', 'coral-soft'], ['coral-ink', 'card'],
  ['deep-ink', 'deep-soft'],
  ['on-fill', 'kelp-fill'], ['on-fill', 'kelp-fill-strong'], ['on-fill', 'coral-fill'], ['on-fill', 'coral-fill-strong'], ['on-fill', 'deep-fill'], ['on-fill', 'deep-fill-strong'],
  ['paper', 'ink'],
];
const shapes = [['edge', 'card'], ['kelp-fill', 'card'], ['deep-fill', 'paper'], ['deep-fill', 'card']];

/** The darkest and the lightest that can lie under the veil: hair and collar, as the scenes show them. */
const under = { light: ['#1b1716', '#f7f4ec'], dark: ['#000000', mix('#f7f4ec', '#35524a', 'multiply')] };
const veil = 0.74;

for (const [at, name] of ['light', 'dark'].entries()) {
  const colour = (key) => colours[key][at];

  test(`text in the ${name} player has a contrast of 4.5 : 1 (WCAG 2.2, 1.4.3)`, () => {
    for (const [front, back] of texts) assert.ok(contrast(colour(front), colour(back)) >= 4.5, `${front} on ${back}: ${contrast(colour(front), colour(back))}`);
  });

  test(`controls and the focus ring in the ${name} player have a contrast of 3 : 1 (WCAG 2.2, 1.4.11)`, () => {
    for (const [front, back] of shapes) assert.ok(contrast(colour(front), colour(back)) >= 3, `${front} on ${back}: ${contrast(colour(front), colour(back))}`);
  });

  test(`text over the ${name} veiled picture has a contrast of 4.5 : 1, whatever lies under it`, () => {
    const calm = mix(colour('ink'), colour('soft'), 0.65);
    for (const picture of under[name]) {
      const back = mix(colour('paper'), picture, veil);
      for (const front of [colour('ink'), calm]) assert.ok(contrast(front, back) >= 4.5, `${front} on ${back}: ${contrast(front, back)}`);
    }
  });
}

test('what the contrast over the veil rests on is what the style sheets say', async () => {
  const sheet = (name) => readFile(new URL(`./${name}.js`, import.meta.url), 'utf8');
  assert.match(await sheet('stage'), /\.veil \{ background: color-mix\(in srgb, var\(--hf-paper\) 74%, transparent\); \}/);
  assert.match(await sheet('stage'), /light-dark\(transparent, #35524a\); mix-blend-mode: multiply/);
  assert.match(await sheet('trouble'), /--calm: color-mix\(in srgb, var\(--hf-ink\) 65%, var\(--hf-soft\)\)/);
});

test('motion stops for those who asked for it', async () => {
  assert.match(await readFile(new URL('./base.js', import.meta.url), 'utf8'), /prefers-reduced-motion: reduce/);
});
