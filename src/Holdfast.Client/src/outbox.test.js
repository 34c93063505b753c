import assert from 'node:assert/strict';
import { test } from 'node:test';
import { settle } from '../tests/fakes.js';
import { HoldfastError } from './errors.js';
import { Outbox } from './outbox.js';

function setUp() {
  const server = { taken: new Map(), sent: [], fail: null };
  let keys = 0;
  const changes = [];
  const outbox = new Outbox({
    send: async ({ key, text }) => {
      server.sent.push(key);
      if (server.fail) throw server.fail;
      if (!server.taken.has(key)) server.taken.set(key, text);
      return { utteranceId: `u-${key}` };
    },
    onChange: (items) => changes.push(items.map((item) => item.status)),
    newKey: () => `k${++keys}`,
  });
  return { server, outbox, changes, texts: () => [...server.taken.values()] };
}

test('what is said without a connection waits, and is sent once and in order when there is one', async () => {
  const { server, outbox, texts } = setUp();
  for (const text of ['one', 'two', 'three']) outbox.add(text);
  await settle();
  assert.deepEqual(server.sent, []);
  outbox.open();
  await settle();
  assert.deepEqual(texts(), ['one', 'two', 'three']);
  assert.deepEqual(server.sent, ['k1', 'k2', 'k3']);
  assert.deepEqual(outbox.items.map(({ status, utteranceId }) => [status, utteranceId]), [['accepted', 'u-k1'], ['accepted', 'u-k2'], ['accepted', 'u-k3']]);
});

test('with a connection it goes at once', async () => {
  const { outbox, changes, texts } = setUp();
  outbox.open();
  outbox.add('one');
  await settle();
  assert.deepEqual(texts(), ['one']);
  assert.deepEqual(changes, [['waiting'], ['sending'], ['accepted']]);
});

test('an answer that is lost: it is sent again with the same key, and taken once', async () => {
  const { server, outbox, texts } = setUp();
  outbox.open();
  const send = server.taken.set.bind(server.taken);
  server.taken.set = (key, text) => {
    send(key, text);
    server.taken.set = send;
    throw new HoldfastError('network', 'the answer was lost');
  };
  outbox.add('one');
  outbox.add('two');
  await settle();
  assert.deepEqual(outbox.items.map((item) => item.status), ['waiting', 'waiting'], 'nothing overtakes it');
  outbox.open();
  await settle();
  assert.deepEqual(server.sent, ['k1', 'k1', 'k2']);
  assert.deepEqual(texts(), ['one', 'two']);
});

test('what the server refuses does not hold up the rest, and can be tried again', async () => {
  const { server, outbox, texts } = setUp();
  outbox.open();
  server.fail = new HoldfastError('refused', 'too long');
  outbox.add('one');
  await settle();
  server.fail = null;
  outbox.add('two');
  await settle();
  assert.deepEqual(outbox.items.map((item) => item.status), ['refused', 'accepted']);
  assert.equal(outbox.items[0].error.message, 'too long');
  outbox.retry('k1');
  await settle();
  assert.deepEqual(texts(), ['two', 'one']);
});

test('what waits can be withdrawn; what is on its way cannot', async () => {
  const { outbox, texts } = setUp();
  outbox.add('one');
  outbox.add('two');
  assert.ok(outbox.withdraw('k1'));
  assert.ok(!outbox.withdraw('k1'));
  outbox.open();
  await settle();
  assert.deepEqual(texts(), ['two']);
  assert.ok(!outbox.withdraw('k2'));
});

test('over a reload nothing is lost and nothing is doubled', async () => {
  const before = setUp();
  before.outbox.add('one');
  before.outbox.add('two');
  const { unsent } = before.outbox;
  const after = setUp();
  after.outbox.restore(unsent);
  after.outbox.restore(unsent);
  after.outbox.open();
  await settle();
  assert.deepEqual(after.texts(), ['one', 'two']);
  assert.deepEqual(after.outbox.unsent, []);
});

test('what arrives while the connection breaks waits where it stands', async () => {
  const { server, outbox, texts } = setUp();
  outbox.open();
  server.fail = new HoldfastError('not-connected', 'held');
  outbox.add('one');
  await settle();
  outbox.close();
  server.fail = null;
  outbox.add('two');
  await settle();
  assert.deepEqual(texts(), []);
  outbox.open();
  await settle();
  assert.deepEqual(texts(), ['one', 'two']);
});
