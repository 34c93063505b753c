import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ticketIn } from '../../../Holdfast.Server/wwwroot/js/ticket.js';

const taken = (address) => {
  const { ticket, rest } = ticketIn(new URL(address));
  return [ticket, rest.href];
};

test('a ticket in the fragment is taken and leaves the address', () => {
  assert.deepEqual(taken('https://face.example/a/#ticket=e.y.J'), ['e.y.J', 'https://face.example/a/']);
  assert.deepEqual(taken('https://face.example/?lang=en#x=1&ticket=e.y.J'), ['e.y.J', 'https://face.example/?lang=en#x=1']);
});

test('a ticket in the query is taken too, and the fragment goes before it', () => {
  assert.deepEqual(taken('https://face.example/?ticket=old&lang=zh-CN'), ['old', 'https://face.example/?lang=zh-CN']);
  assert.deepEqual(taken('https://face.example/?ticket=old#ticket=new'), ['new', 'https://face.example/']);
});

test('an address without a ticket stays as it is', () => {
  assert.deepEqual(taken('https://face.example/?lang=en#top'), [null, 'https://face.example/?lang=en#top']);
  assert.deepEqual(taken('https://face.example/#ticket='), [null, 'https://face.example/']);
});
