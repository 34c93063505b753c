import assert from 'node:assert/strict';
import { test } from 'node:test';
import { created, eventStream, fakeEnvironment, json, problem, settle } from '../tests/fakes.js';
import { noticeOf, viewOf } from './player/view.js';
import { texts } from './player/texts.js';
import { HoldfastSession } from './session.js';

const offline = () => Promise.reject(new TypeError('offline'));
const calls = ['POST /api/sessions/:id/heartbeat', 'GET /api/sessions/:id', 'PATCH /api/sessions/:id/connection', 'POST /api/sessions/:id/connections', 'GET /api/sessions/:id/events'];

/** A session whose server writes a journal, and stops and comes back when a test says so. */
async function setUp({ policy, generation = 0 } = {}) {
  const streams = [];
  const fake = fakeEnvironment({
    'POST /api/sessions': () => json(201, { ...created, generation }),
    'GET /api/sessions/:id/events': () => Object.assign(Promise.resolve(), { then: (resolve) => resolve(eventStream(streams)) }),
  });
  const session = new HoldfastSession({ environment: fake.environment, policy });
  const notices = [];
  session.addEventListener('statechange', ({ state, previous }) => {
    const notice = noticeOf(state, previous, policy);
    if (notice && 'key' in notice) notices.push(notice.key);
  });
  const starting = session.start();
  await settle();
  fake.peer.become('connected');
  fake.peer.flow();
  await starting;
  await fake.time.advance(3_000);
  const answers = { ...fake.table };
  return {
    ...fake, session, notices,
    get peer() { return fake.peers.at(-1); },
    async write(number, data) {
      streams.at(-1).enqueue(new TextEncoder().encode(`id: ${number}\nevent: state\ndata: ${JSON.stringify(data)}\n\n`));
      await settle();
      await settle();
    },
    /** What a polite stop looks like from here; what is on its way still arrives, and nothing after it. */
    async stop({ saysGoodbye = true } = {}) {
      for (const name of calls) fake.table[name] = () => problem(503, 'stopping');
      await this.write(9, { from: 'connected', to: 'held', reason: 'serverStopping', generation, afterMilliseconds: 5 });
      if (saysGoodbye) this.peer.become('closed');
      streams.at(-1).close();
      this.peer.flow(0, 0);
      await fake.time.advance(500);
      for (const name of calls) fake.table[name] = offline;
    },
    start() {
      Object.assign(fake.table, answers, {
        'POST /api/sessions/:id/heartbeat': () => json(200, { state: 'held', generation, expiresInSeconds: 200 }),
        'GET /api/sessions/:id': () => json(200, { state: 'held', generation, expiresInSeconds: 200, speaking: true, queued: 1 }),
        'PATCH /api/sessions/:id/connection': () => problem(409, 'connection-gone'),
        'POST /api/sessions/:id/connections': () => {
          // The new connection gets what the server sends as soon as it has its answer.
          fake.time.setTimeout(() => fake.peers.at(-1).flow(), 50);
          return answers['POST /api/sessions/:id/connections']();
        },
      });
    },
  };
}

for (const saysGoodbye of [true, false]) {
  test(`manual: a restart is told, one click comes back by level 3 alone${saysGoodbye ? '' : ', though the goodbye was lost'}`, async () => {
    const fake = await setUp();
    await fake.stop({ saysGoodbye });
    assert.deepEqual([fake.session.state.status, fake.session.state.reason], ['held', 'restarting']);
    assert.equal(fake.notices.filter((key) => key === 'toast.restarting').length, 1);
    const shown = viewOf(fake.session.state);
    assert.deepEqual([shown.canReconnect, shown.scene, texts['zh-CN'][shown.title]], [true, 'held', '服务器正在重启，对话为你保留']);

    // A click while it is away fails, says so, and the button is there again.
    await assert.rejects(fake.session.reconnect(), { code: 'network' });
    assert.equal(fake.session.state.problem.code, 'network');
    assert.ok(viewOf(fake.session.state).canReconnect);
    await fake.time.advance(20_000);
    assert.deepEqual([fake.session.state.status, fake.session.state.reason], ['held', 'restarting']);

    // It is back, which the page notices; nothing reconnects by itself.
    fake.start();
    await fake.time.advance(4_000);
    assert.deepEqual([fake.session.state.status, fake.session.state.reason, fake.session.state.problem], ['held', 'restarted', null]);
    assert.equal(fake.made('POST /api/sessions/:id/connections').length, 1);

    const back = fake.session.reconnect();
    await fake.time.advance(300);
    await back;
    assert.equal(fake.session.state.status, 'connected');
    assert.equal(fake.session.state.resumed.level, 3);
    assert.equal(fake.session.state.sessionId, created.sessionId);
    assert.equal(fake.peers[0].restarts, 0);
    assert.equal(fake.made('PATCH /api/sessions/:id/connection').length, 0);
  });
}

for (const policy of ['assisted', 'auto']) {
  test(`${policy}: it comes back by itself within 4 s of the server`, async () => {
    const fake = await setUp({ policy });
    await fake.stop();
    await fake.time.advance(40_000);
    assert.equal(fake.session.state.status, 'held');
    fake.start();
    const at = fake.time.now;
    while (fake.session.state.status !== 'connected' && fake.time.now - at < 10_000) await fake.time.advance(50);
    assert.equal(fake.session.state.status, 'connected');
    assert.ok(fake.time.now - at <= 4_000, `${fake.time.now - at} ms`);
  });
}

test('between the goodbye and the journal\'s word nothing is promised, and nothing denied', async () => {
  const fake = await setUp();
  for (const name of calls) fake.table[name] = () => problem(503, 'stopping');
  fake.peer.flow(0, 0);
  fake.peer.become('closed');
  await fake.time.advance(4_000);
  assert.deepEqual([fake.session.state.status, fake.session.state.word, viewOf(fake.session.state).title], ['held', 'asking', 'asking.title']);
  await fake.write(9, { from: 'connected', to: 'closed', reason: 'serverStopping', generation: 0, afterMilliseconds: 5 });
  assert.deepEqual([fake.session.state.status, fake.session.state.why], ['ended', 'serverStopping']);
});

test('what still trickles in of the old connection does not pass for a connection', async () => {
  const fake = await setUp();
  for (const name of calls) fake.table[name] = () => problem(503, 'stopping');
  await fake.write(9, { from: 'connected', to: 'held', reason: 'serverStopping', generation: 0, afterMilliseconds: 5 });
  await fake.time.advance(600);
  assert.deepEqual([fake.session.state.status, fake.session.state.reason], ['held', 'restarting']);
});

test('a stop that is history, read by a page that was loaded after it, changes nothing', async () => {
  const fake = await setUp({ generation: 2 });
  await fake.write(9, { from: 'connected', to: 'held', reason: 'serverStopping', generation: 1, afterMilliseconds: 5 });
  assert.equal(fake.session.state.status, 'connected');
});

test('a start while the server stops says what it is', async () => {
  const fake = fakeEnvironment({ 'POST /api/sessions': problem(503, 'stopping') });
  const session = new HoldfastSession({ environment: fake.environment });
  await assert.rejects(session.start(), { code: 'restarting' });
});
