import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeStorage, FakeTime, FakeLocks, FakeChannels, created, eventStream, fakeEnvironment, json, problem, settle, vitals } from '../tests/fakes.js';
import { SessionApi } from './session-api.js';
import { HoldfastSession } from './session.js';

/** What stands between a page and its server, and answers in its place. */
const foreign = {
  'HTML with 200': () => page(200),
  'HTML with 404': () => page(404),
  'HTML with 410': () => page(410),
  'HTML with 401': () => page(401),
  'HTML with 403': () => page(403),
  'HTML with 429': () => page(429, { 'retry-after': '7' }),
  'HTML with 502': () => page(502),
  'HTML with 503': () => page(503, { 'retry-after': '7' }),
  'an empty 200': () => new Response('', { status: 200 }),
  'an empty 204': () => new Response(null, { status: 204 }),
  'an empty 410': () => new Response(null, { status: 410 }),
  'somebody\'s JSON with 200': () => json(200, { ok: true }),
  'JSON that is no object': () => json(200, null),
  'a list': () => json(200, []),
  'half a JSON': () => new Response('{"state":"conn', { status: 200, headers: { 'content-type': 'application/json' } }),
  'the right JSON as HTML': () => new Response(JSON.stringify({ ...created, ...vitals, utteranceId: 'u', stopped: 0 }), { status: 200, headers: { 'content-type': 'text/html' } }),
  'problem details of somebody else': () => json(410, { type: 'https://example.test/gone', title: 'Gone', status: 410 }),
  'problem details without a type': () => json(404, { title: 'Not Found', status: 404 }),
  'a type that is no text': () => json(410, { type: { urn: 'holdfast' }, status: 410 }),
  'half a problem': () => new Response('{"type":"urn:holdfast:problem:session-ended"', { status: 410, headers: { 'content-type': 'application/problem+json' } }),
  'its words in a page': () => new Response('{"type":"urn:holdfast:problem:session-ended"}', { status: 410, headers: { 'content-type': 'text/plain' } }),
  'a redirect to sign in': () => redirect(),
};

const calls = {
  create: ['POST /api/sessions', (api) => api.create('offer')],
  look: ['GET /api/sessions/:id', (api, one) => api.get(one)],
  heartbeat: ['POST /api/sessions/:id/heartbeat', (api, one) => api.heartbeat(one)],
  'played report': ['POST /api/sessions/:id/heartbeat', (api, one) => api.heartbeat(one, { rtpTimestamp: 1 })],
  say: ['POST /api/sessions/:id/say', (api, one) => api.say(one, 'x', 'k')],
  interrupt: ['POST /api/sessions/:id/interrupt', (api, one) => api.interrupt(one)],
  restart: ['PATCH /api/sessions/:id/connection', (api, one) => api.restart(one, 'offer')],
  reconnect: ['POST /api/sessions/:id/connections', (api, one) => api.reconnect(one, 'offer', 'me')],
  close: ['DELETE /api/sessions/:id', (api, one) => api.close(one)],
  outage: ['POST /api/sessions/:id/outage', (api, one) => api.outage(one, 5)],
  events: ['GET /api/sessions/:id/events', (api, one) => api.events(one, 0, new AbortController().signal)],
  avatars: ['GET /api/avatars', (api) => api.avatars()],
  server: ['GET /api/server', (api) => api.server()],
};

function page(status, headers = {}) {
  return new Response('<!doctype html><title>Somebody</title>', { status, headers: { 'content-type': 'text/html', ...headers } });
}

/** As `fetch` tells it where it does not follow: nothing can be read of it. */
function redirect() {
  const hidden = { type: 'opaqueredirect', status: 0, ok: false, headers: new Headers(), body: null, text: async () => '', json: async () => JSON.parse('') };
  return { ...hidden, clone: () => hidden };
}

for (const [what, answer] of Object.entries(foreign)) {
  test(`${what}: no call of the client believes it`, async () => {
    for (const [name, [path, call]] of Object.entries(calls)) {
      // What a close and an outage are answered is nothing at all, which anybody could answer; it ends nothing that is not meant to end.
      if (what === 'an empty 204' && (name === 'close' || name === 'outage')) continue;
      const { environment, time } = fakeEnvironment({ [path]: answer });
      await assert.rejects(call(new SessionApi(environment), { sessionId: 7, resumeToken: 't' }), (error) => {
        assert.equal(error.code, 'foreign', name);
        assert.equal(error.reason, null, name);
        return true;
      });
      assert.equal(time.pending, 0, name);
    }
  });
}

const every = ['GET /api/sessions/:id', 'POST /api/sessions/:id/heartbeat', 'POST /api/sessions/:id/say', 'POST /api/sessions/:id/interrupt', 'PATCH /api/sessions/:id/connection',
  'POST /api/sessions/:id/connections', 'DELETE /api/sessions/:id', 'GET /api/sessions/:id/events', 'GET /api/avatars', 'GET /api/server'];

/** A session that plays, with a server that takes each text once. */
async function playing(more = {}, world = {}) {
  const taken = new Map();
  const streams = [];
  const fake = fakeEnvironment({ 'GET /api/sessions/:id/events': () => eventStream(streams), ...more }, world);
  fake.table['POST /api/sessions/:id/say'] = () => {
    const { key, text } = fake.calls.at(-1).body;
    if (!taken.has(key)) taken.set(key, text);
    return json(202, { utteranceId: `u${[...taken.keys()].indexOf(key)}` });
  };
  const session = new HoldfastSession({ environment: fake.environment });
  const starting = session.start();
  await settle();
  fake.peers.at(-1).become('connected');
  fake.peers.at(-1).flow();
  await starting;
  await fake.time.advance(3_000);
  const write = async (number, kind, data) => {
    streams.at(-1).enqueue(new TextEncoder().encode(`id: ${number}\nevent: ${kind}\ndata: ${JSON.stringify(data)}\n\n`));
    for (let i = 0; i < 6; i++) await settle();
  };
  return { fake, session, taken, streams, write };
}

for (const [what, answer] of Object.entries(foreign)) {
  test(`${what}, to everything and for a minute, while media flows: the session plays, its token is kept, and what was typed is sent afterwards, once`, async () => {
    const { fake, session, taken } = await playing();
    const honest = { ...fake.table };
    for (const name of every) fake.table[name] = answer;
    session.outbox.add('first');
    session.outbox.add('second');
    session.interrupt().catch(() => {});
    await fake.time.advance(65_000);
    assert.equal(session.state.status, 'connected');
    assert.equal(session.state.sessionId, created.sessionId);
    assert.equal(JSON.parse(fake.storage.getItem('holdfast:session')).resumeToken, created.resumeToken);
    assert.deepEqual(session.outbox.items.map(({ status }) => status), ['waiting', 'waiting']);
    assert.equal(session.outbox.items[0].error.code, 'foreign');

    Object.assign(fake.table, honest);
    await fake.time.advance(25_000);
    assert.deepEqual([...taken.values()], ['first', 'second']);
    assert.equal(session.state.missed, 0);
    await session.stop();
  });
}

test('a click while somebody else answers leaves the session held, says that nothing was heard, and the next one works', async () => {
  for (const [what, answer] of Object.entries(foreign)) {
    const { fake, session } = await playing();
    const honest = { ...fake.table };
    for (const name of every) fake.table[name] = answer;
    fake.peers[0].flow(0, 0);
    await fake.time.advance(11_000);
    assert.deepEqual([session.state.status, session.state.word], ['held', 'none'], what);
    const climb = session.reconnect();
    climb.catch(() => {});
    await fake.time.advance(15_000);
    await assert.rejects(climb, { code: 'foreign' }, what);
    assert.deepEqual([session.state.status, session.state.word, session.state.problem.code], ['held', 'none', 'foreign'], what);
    Object.assign(fake.table, honest);
    fake.peers[0].onAnswer = () => fake.peers[0].flow();
    const back = session.reconnect();
    await fake.time.advance(500);
    await back;
    assert.equal(session.state.status, 'connected', what);
    await session.stop();
  }
});

test('Holdfast\'s own word ends a session, but not one that plays', async () => {
  for (const [answer, reason] of [[() => problem(410, 'session-ended', { reason: 'closedByOwner' }), 'closed'], [() => problem(404, 'unknown-session'), 'gone'], [() => problem(401, 'not-owner'), 'replaced']]) {
    const { fake, session } = await playing();
    for (const name of every) fake.table[name] = answer;
    await fake.time.advance(60_000);
    assert.equal(session.state.status, 'connected', reason);
    fake.peers[0].flow(0, 0);
    await fake.time.advance(2_000);
    assert.deepEqual([session.state.status, session.state.reason], ['ended', reason]);
  }
});

test('the journal\'s last entry ends the session at once, and says why', async () => {
  for (const [to, why, reason] of [['closed', 'serverStopping', 'closed'], ['closed', 'closedByOwner', 'closed'], ['expired', 'graceOver', 'expired'], ['closed', 'showFailed', 'closed']]) {
    const { fake, session, write } = await playing();
    await write(9, 'state', { from: 'connected', to, reason: why, generation: 0 });
    assert.deepEqual([session.state.status, session.state.reason, session.state.why], ['ended', reason, why]);
    assert.ok(fake.peers[0].closed);
    await settle();
    assert.equal(fake.time.pending, 0);
  }
});

test('after its time an unreachable server is not asked for ever; a click asks again, and a server that answers is followed again', async () => {
  const { fake, session } = await playing();
  const honest = { ...fake.table };
  for (const name of every) fake.table[name] = () => Promise.reject(new TypeError('offline'));
  fake.peers[0].flow(0, 0);
  await fake.time.advance(300_000 + 125_000);
  const asked = fake.calls.length;
  await fake.time.advance(3_600_000);
  assert.equal(fake.calls.length, asked);
  assert.equal(session.state.status, 'held');
  Object.assign(fake.table, honest);
  fake.hint('visible');
  await fake.time.advance(100);
  assert.deepEqual([session.state.status, session.state.word], ['held', 'kept']);
  const before = fake.made('GET /api/sessions/:id/events').length;
  await fake.time.advance(60_000);
  assert.ok(fake.made('POST /api/sessions/:id/heartbeat').length > 2);
  assert.ok(before > 0);
  await session.stop();
});

test('auto tries until the session expires, and no longer', async () => {
  const { fake, session } = await playing();
  session.policy = 'auto';
  for (const name of every) fake.table[name] = () => Promise.reject(new TypeError('offline'));
  fake.peers[0].flow(0, 0);
  await fake.time.advance(340_000);
  const made = fake.peers.length;
  await fake.time.advance(600_000);
  assert.equal(fake.peers.length, made);
  await session.stop();
});

test('a close that was answered by somebody else is asked for again, and the person does not wait for it', async () => {
  const { fake, session } = await playing();
  fake.table['DELETE /api/sessions/:id'] = foreign['HTML with 502'];
  await session.stop();
  assert.equal(session.state.status, 'ended');
  fake.table['DELETE /api/sessions/:id'] = () => json(204);
  await fake.time.advance(60_000);
  assert.equal(fake.made('DELETE /api/sessions/:id').length, 2);
  assert.equal(fake.time.pending, 0);
});

test('a takeover by a second tab is reversed by a click, with the token that counts now; and that again', async () => {
  const world = { time: new FakeTime(), locks: new FakeLocks(), channels: new FakeChannels() };
  const first = await playing({}, { ...world, storage: new FakeStorage() });
  const storage = new FakeStorage();
  for (const [key, value] of first.fake.storage.values) storage.setItem(key, value);
  let token = 'the token';
  const guard = (fake) => {
    const honest = { ...fake.table };
    for (const name of every.slice(0, -2)) {
      fake.table[name] = () => {
        if (fake.calls.at(-1).headers.Authorization !== `Bearer ${token}`) return problem(409, 'replaced');
        return honest[name]();
      };
    }
    fake.table['POST /api/sessions/:id/connections'] = () => {
      if (fake.calls.at(-1).headers.Authorization !== `Bearer ${token}`) return problem(401, 'not-owner');
      token = `token of ${fake.calls.length}`;
      const made = token;
      setImmediate(() => fake.peers.at(-1).flow());
      return json(201, { generation: 1, resumeToken: made, answer: created.answer, ice: created.ice });
    };
  };
  const fake = fakeEnvironment({}, { ...world, storage });
  guard(first.fake);
  guard(fake);
  const second = new HoldfastSession({ environment: fake.environment });
  const asked = second.resume();
  await world.time.advance(600);
  assert.equal(await asked, 'elsewhere');

  const takes = async (session, loser, loserFake) => {
    const taking = session.takeBack();
    await world.time.advance(500);
    await taking;
    assert.equal(session.state.status, 'connected');
    loserFake.peers.at(-1).flow(0, 0);
    loserFake.peers.at(-1).become('closed');
    await world.time.advance(1_500);
    assert.deepEqual([loser.state.status, loser.state.reason], ['held', 'elsewhere'], 'the other tab asks');
  };
  await takes(second, first.session, first.fake);
  await takes(first.session, second, fake);
  await takes(second, first.session, first.fake);
  const calls = first.fake.calls.length;
  await world.time.advance(120_000);
  assert.equal(first.fake.calls.length, calls, 'what another tab has is left alone');
});

test('taken over by another device there is no way back, and that is said', async () => {
  const { fake, session } = await playing({}, { channels: new FakeChannels() });
  fake.table['GET /api/sessions/:id'] = () => problem(409, 'replaced');
  fake.peers[0].flow(0, 0);
  fake.peers[0].become('closed');
  await fake.time.advance(2_000);
  assert.deepEqual([session.state.status, session.state.reason], ['ended', 'replaced']);
});

test('displaced from the journal: it is told, and taken back only when it is asked for', async () => {
  const { fake, session, streams } = await playing();
  let told = 0;
  session.addEventListener('displaced', () => told++);
  streams.at(-1).enqueue(new TextEncoder().encode('event: displaced\ndata: {}\n\n'));
  for (let i = 0; i < 6; i++) await settle();
  await fake.time.advance(60_000);
  assert.deepEqual([told, session.isDisplaced, fake.made('GET /api/sessions/:id/events').length], [1, true, 1]);
  await session.takeBack();
  await settle();
  assert.deepEqual([session.isDisplaced, fake.made('GET /api/sessions/:id/events').length], [false, 2]);
  await session.stop();
});
