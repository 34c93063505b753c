import assert from 'node:assert/strict';
import { test } from 'node:test';
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

function tokens(block) {
  return Object.fromEntries([...block.matchAll(/--([a-z-]+): (#[0-9a-f]{6})/g)].map((match) => [match[1], match[2]]));
}

function contrast(one, other) {
  const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}

function luminance(hex) {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const share = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
