import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeTime, problem, settle } from '../tests/fakes.js';
import { JournalReader } from './journal.js';
import { SessionApi } from './session-api.js';

const credentials = { sessionId: 7, resumeToken: 'token' };

/** A server that answers each request for events with the next of these: a list of pieces of text (then the stream ends), or a refusal. */
function setUp(...answers) {
  const time = new FakeTime();
  const asked = [];
  const environment = {
    setTimeout: time.setTimeout,
    clearTimeout: time.clearTimeout,
    fetch: async (url, init) => {
      asked.push([url, init.headers['Last-Event-ID'], init.headers.Authorization]);
      const answer = answers.shift();
      if (answer === undefined) return new Promise((_, reject) => init.signal.addEventListener('abort', () => reject(new Error('aborted'))));
      if (answer instanceof Error) throw answer;
      if (answer instanceof Response) return answer;
      const encoder = new TextEncoder();
      return new Response(new ReadableStream({
        start(controller) {
          for (const piece of answer) controller.enqueue(encoder.encode(piece));
          controller.close();
        },
      }), { headers: { 'content-type': 'text/event-stream' } });
    },
  };
  const entries = [];
  const told = [];
  const reader = new JournalReader(environment, new SessionApi(environment), {
    onEntry: (entry) => entries.push([entry.number, entry.kind, entry.data.a]),
    // As a session does that nothing plays of.
    onFailure: ({ code }) => code === 'gone' || code === 'replaced',
    onReplaced: () => told.push('replaced'),
    onDisplaced: () => told.push('displaced'),
    isWorthIt: () => isWorthIt,
  });
  let isWorthIt = true;
  const pass = async (milliseconds) => {
    for (let i = 0; i < 10; i++) await settle();
    await time.advance(milliseconds);
    for (let i = 0; i < 10; i++) await settle();
  };
  return { time, asked, entries, told, reader, pass, giveUp: () => (isWorthIt = false) };
}

const event = (id, kind, a) => `id: ${id}\nevent: ${kind}\ndata: {"a":${a}}\n\n`;

test('a stream that breaks off is taken up after the last entry, and nothing is told twice', async () => {
  const { reader, entries, asked, pass } = setUp(
    [event(1, 'state', 1), event(2, 'said', 2)],
    new TypeError('offline'),
    [event(2, 'said', 2), event(3, 'started', 3)],
  );
  reader.start(() => credentials);
  await pass(500);
  await pass(1_000);
  await pass(0);
  assert.deepEqual(entries, [[1, 'state', 1], [2, 'said', 2], [3, 'started', 3]]);
  assert.deepEqual(asked.map(([, after]) => after), ['0', '2', '2']);
  assert.deepEqual(asked[0], ['/api/sessions/7/events', '0', 'Bearer token']);
  reader.stop();
});

test('what is gone is told, and counts as read', async () => {
  const { reader, entries, pass } = setUp(['id: 40\nevent: missed\ndata: {"count":40,"a":0}\n\n', event(41, 'said', 1)]);
  reader.start(() => credentials);
  await pass(0);
  assert.deepEqual(entries, [[40, 'missed', 0], [41, 'said', 1]]);
  assert.equal(reader.last, 41);
  reader.stop();
});

test('after the end, or after another client took over, nobody asks again', async () => {
  for (const last of [problem(410, 'session-ended'), problem(409, 'replaced')]) {
    const { reader, asked, time, pass } = setUp(last);
    reader.start(() => credentials);
    await pass(60_000);
    assert.equal(asked.length, 1);
    assert.equal(reader.isReading, false);
    assert.equal(time.pending, 0);
  }
});

test('a newer stream in its place is told, and not displaced in turn; asked to, it reads on from where it was', async () => {
  const { reader, asked, told, entries, time, pass } = setUp([event(1, 'said', 1), 'event: displaced\ndata: {}\n\n'], [event(2, 'said', 2)]);
  reader.start(() => credentials);
  await pass(60_000);
  assert.deepEqual([asked.length, told, time.pending], [1, ['displaced'], 0]);
  reader.start(() => credentials, reader.last);
  await pass(0);
  assert.deepEqual(entries.map(([number]) => number), [1, 2]);
  reader.stop();
});

test('that it is replaced is a reason to ask, not to stop: the token may only be an old one', async () => {
  const { reader, asked, told, entries, pass } = setUp(['event: replaced\ndata: {}\n\n'], [event(1, 'said', 1)]);
  reader.start(() => credentials);
  await pass(600);
  assert.deepEqual([asked.length >= 2, told, entries.length], [true, ['replaced'], 1]);
  reader.stop();
});

test('no answer of somebody else stops it, and none is believed: it goes on after the last entry, with pauses that stay bounded', async () => {
  const html = (status) => new Response('<html>', { status, headers: { 'content-type': 'text/html' } });
  const { reader, asked, entries, pass } = setUp(
    [event(1, 'said', 1)],
    html(200), html(404), html(410), html(401), html(502),
    new Response('{"type":"about:blank"}', { status: 410, headers: { 'content-type': 'application/problem+json' } }),
    new Response('id: 9\nevent: state\ndata: {"to":"closed"}\n\n', { headers: { 'content-type': 'text/plain' } }),
    [event(2, 'said', 2)],
  );
  reader.start(() => credentials);
  for (let i = 0; i < 9; i++) await pass(10_000);
  assert.deepEqual(entries.map(([number]) => number), [1, 2]);
  assert.ok(asked.slice(1, 9).every(([, after]) => after === '1'));
  reader.stop();
});

test('where there is nothing left to ask for, it stops; and can be begun again', async () => {
  const { reader, asked, time, pass, giveUp } = setUp(new TypeError('offline'), new TypeError('offline'));
  reader.start(() => credentials);
  await pass(100);
  giveUp();
  await pass(60_000);
  assert.deepEqual([asked.length, reader.isReading, time.pending], [1, false, 0]);
});

test('what is not JSON is left out; what follows is not', async () => {
  const { reader, entries, pass } = setUp(['id: 1\nevent: said\ndata: {"a":\n\n', event(2, 'said', 2)]);
  reader.start(() => credentials);
  await pass(0);
  assert.deepEqual(entries, [[2, 'said', 2]]);
  reader.stop();
});

test('stopped, it leaves nothing behind', async () => {
  const { reader, time, pass } = setUp();
  reader.start(() => credentials);
  await pass(100);
  reader.stop();
  await pass(0);
  assert.equal(time.pending, 0);
});
