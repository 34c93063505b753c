import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeTime, settle } from '../tests/fakes.js';
import { HoldfastError } from './errors.js';
import { Outbox } from './outbox.js';

function setUp() {
  const server = { taken: new Map(), sent: [], fail: null };
  let keys = 0;
  const changes = [];
  const time = new FakeTime();
  const environment = { setTimeout: time.setTimeout, clearTimeout: time.clearTimeout, now: () => time.now, random: () => 0.5 };
  const outbox = new Outbox(environment, {
    send: async ({ key, text }) => {
      server.sent.push(key);
      if (server.fail) throw server.fail;
      if (!server.taken.has(key)) server.taken.set(key, text);
      return { utteranceId: `u-${key}` };
    },
    onChange: (items) => changes.push(items.map((item) => item.status)),
    newKey: () => `k${++keys}`,
  });
  return { server, outbox, changes, time, texts: () => [...server.taken.values()] };
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

const inVain = (code, more) => new HoldfastError(code, 'x', more);

test('what was sent in vain is sent again by itself, in order, with pauses that grow; until then it says why it waits', async () => {
  const { server, outbox, time, texts } = setUp();
  outbox.open();
  server.fail = inVain('network');
  outbox.add('one');
  outbox.add('two');
  await settle();
  assert.deepEqual(outbox.items.map(({ status, error }) => [status, error?.code]), [['waiting', 'network'], ['waiting', undefined]]);
  await time.advance(60_000);
  assert.ok(server.sent.length >= 5 && server.sent.length <= 9, `${server.sent.length} tries in a minute`);
  assert.deepEqual([...new Set(server.sent)], ['k1'], 'nothing overtakes it');
  server.fail = null;
  await time.advance(20_000);
  assert.deepEqual(texts(), ['one', 'two']);
  assert.deepEqual(outbox.items.map(({ error }) => error), [null, null]);
  assert.equal(time.pending, 0);
});

test('an answered heartbeat, or room, is reason enough; a pause that was asked for is kept, unless there is room', async () => {
  const { server, outbox, time, texts } = setUp();
  outbox.open();
  server.fail = inVain('network');
  outbox.add('one');
  await settle();
  server.fail = null;
  outbox.nudge('room');
  await settle();
  assert.deepEqual(texts(), [], 'room is no answer to a dead network');
  outbox.nudge('answered');
  await settle();
  assert.deepEqual(texts(), ['one']);
  server.fail = inVain('busy', { retryAfterSeconds: 30 });
  outbox.add('two');
  await settle();
  server.fail = null;
  outbox.nudge('answered');
  await time.advance(29_000);
  assert.deepEqual(texts(), ['one']);
  outbox.nudge('room');
  await settle();
  assert.deepEqual(texts(), ['one', 'two']);
  server.fail = inVain('foreign', { retryAfterSeconds: 1_000_000 });
  outbox.add('three');
  await settle();
  server.fail = null;
  await time.advance(60_000);
  assert.deepEqual(texts(), ['one', 'two', 'three'], 'nobody is waited for for ever');
});

test('60 texts at once: the server takes 38 and then one for each that was said; all are said in the end, in order, each once', async () => {
  const { server, outbox, time, texts } = setUp();
  let room = 38;
  const taken = server.taken.set.bind(server.taken);
  server.taken.set = (key, text) => {
    if (room === 0) throw inVain('busy');
    room--;
    return taken(key, text);
  };
  outbox.open();
  const all = Array.from({ length: 60 }, (_, i) => `text ${i}`);
  for (const text of all) outbox.add(text);
  for (let i = 0; i < 40; i++) await settle();
  assert.equal(texts().length, 38);
  assert.equal(outbox.items[38].error.code, 'busy');
  for (let said = 0; said < 22; said++) {
    await time.advance(100);
    room++;
    outbox.nudge('room');
    await settle();
  }
  assert.deepEqual(texts(), all);
  assert.ok(outbox.items.every((item) => item.status === 'accepted'));
});

test('what the journal says was taken is taken, whatever became of the answer', async () => {
  const { server, outbox, texts, time } = setUp();
  outbox.open();
  server.fail = inVain('foreign');
  outbox.add('one');
  outbox.add('two');
  await settle();
  server.fail = null;
  outbox.confirm('k1', 'u1');
  await settle();
  assert.deepEqual(texts(), ['two']);
  assert.deepEqual(outbox.items.map(({ status, utteranceId }) => [status, utteranceId]), [['accepted', 'u1'], ['accepted', 'u-k2']]);
  assert.equal(time.pending, 0);
});

test('what waits in vain can be withdrawn, and what is behind it goes', async () => {
  const { server, outbox, texts } = setUp();
  outbox.open();
  server.fail = inVain('network');
  outbox.add('one');
  outbox.add('two');
  await settle();
  server.fail = null;
  assert.ok(outbox.withdraw('k1'));
  await settle();
  assert.deepEqual(texts(), ['two']);
});

test('a text that the server fails at again and again makes room for the next', async () => {
  const { server, outbox, time, texts } = setUp();
  outbox.open();
  server.fail = inVain('server');
  outbox.add('poison');
  outbox.add('two');
  while (outbox.items[0].status !== 'refused' && time.now < 60_000) await time.advance(500);
  assert.deepEqual(outbox.items.map((item) => item.status), ['refused', 'waiting']);
  server.fail = null;
  await time.advance(60_000);
  assert.deepEqual(texts(), ['two']);
});

test('what waited when the person hung up is not sent by itself, and not forgotten either', async () => {
  const { outbox, texts } = setUp();
  outbox.add('one');
  outbox.abandon();
  outbox.open();
  await settle();
  assert.deepEqual([texts(), outbox.items[0].status, outbox.items[0].error.code], [[], 'refused', 'cancelled']);
  outbox.retry('k1');
  await settle();
  assert.deepEqual(texts(), ['one']);
});
