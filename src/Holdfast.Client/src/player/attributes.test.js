import assert from 'node:assert/strict';
import { test } from 'node:test';
import { graceOf, policyOf, serverOf, volumeOf } from './attributes.js';

test('nonsense in an attribute means the default', () => {
  assert.deepEqual(['auto', 'assisted', 'manual', 'AUTO', '', null].map(policyOf), ['auto', 'assisted', 'manual', 'manual', 'manual', 'manual']);
  assert.deepEqual(['60', '0', '-1', '1.5', 'x', '', null].map(graceOf), [60, undefined, undefined, undefined, undefined, undefined, undefined]);
  assert.deepEqual(['0', '0.4', '1', '1.1', '-1', 'x', '', null].map(volumeOf), [0, 0.4, 1, 1, 1, 1, 1, 1]);
});

test('the server is where the player came from, unless it is named', () => {
  const module = 'https://avatar.example/holdfast/player/element.js';
  assert.equal(serverOf(null, module, 'https://avatar.example/talk/index.html'), '');
  assert.equal(serverOf(null, module, 'https://shop.example/'), 'https://avatar.example');
  assert.equal(serverOf(null, 'https://a.example/live/holdfast/player/element.js', 'https://a.example/'), '/live');
  assert.equal(serverOf('https://other.example/', module, 'https://shop.example/'), 'https://other.example');
  assert.equal(serverOf('https://shop.example', module, 'https://shop.example/help'), '');
  assert.equal(serverOf('/live/', module, 'https://shop.example/help'), '/live');
});
