import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeLocks, FakeStorage, FakeTime, created, fakeEnvironment, json, problem, settle, vitals } from '../tests/fakes.js';
import { HoldfastSession } from './session.js';

const offline = () => Promise.reject(new TypeError('offline'));
const everything = ['POST /api/sessions/:id/heartbeat', 'GET /api/sessions/:id', 'PATCH /api/sessions/:id/connection', 'POST /api/sessions/:id/connections'];

function setUp(answers = {}, { policy, world } = {}) {
  const fake = fakeEnvironment(answers, world);
  const session = new HoldfastSession({ environment: fake.environment, policy });
  const states = [];
  session.addEventListener('statechange', ({ state, previous }) => {
    const label = (one) => (one.status === 'reconnecting' ? `reconnecting/${one.level}` : one.status);
    if (label(state) !== label(previous)) states.push(label(state));
  });
  return { ...fake, get peer() { return fake.peers.at(-1); }, session, states };
}

async function connect(fake) {
  const starting = fake.session.start();
  await settle();
  fake.peer.become('connected');
  fake.peer.flow();
  await starting;
  await fake.time.advance(3_000);
}

/** Cuts the path and waits until the session is held. */
async function lose(fake, { http = true } = {}) {
  fake.peer.flow(0, 0);
  if (!http) for (const name of everything) fake.table[name] = offline;
  await fake.time.advance(11_000);
  assert.equal(fake.session.state.status, 'held');
}

test('a dead path is noticed within 1.5 s, long before the browser does, and nothing is closed', async () => {
  const fake = setUp();
  await connect(fake);
  fake.peer.flow(0, 0);
  const cut = fake.time.now;
  // Bounded, so that a watch that does not watch fails the test instead of hanging it.
  while (fake.session.state.status === 'connected' && fake.time.now - cut < 5_000) await fake.time.advance(10);
  assert.equal(fake.session.state.status, 'interrupted');
  assert.ok(fake.time.now - cut <= 1_500, `${fake.time.now - cut} ms`);
  await fake.time.advance(30_000);
  assert.equal(fake.session.state.status, 'held');
  assert.ok(!fake.peer.closed);
  assert.equal(fake.made('DELETE /api/sessions/:id').length, 0);
});

test('manual: nothing reconnects by itself, whatever speaks for the network', async () => {
  const fake = setUp();
  await connect(fake);
  await lose(fake);
  for (const hint of ['online', 'visible']) fake.hint(hint);
  await fake.time.advance(60_000);
  assert.equal(fake.session.state.status, 'held');
  assert.equal(fake.peers.length, 1);
  assert.equal(fake.peer.restarts, 0);
});

test('level 0: a path that comes back heals the session without anybody doing anything', async () => {
  const fake = setUp();
  await connect(fake);
  await lose(fake);
  fake.peer.flow();
  await fake.time.advance(300);
  assert.equal(fake.session.state.status, 'connected');
  assert.equal(fake.session.state.resumed.level, 0);
  assert.ok(fake.session.state.resumed.awayMs >= 11_000);
});

test('level 1: one click, the same connection, no message to the server', async () => {
  const fake = setUp();
  await connect(fake);
  fake.peer.become('failed');
  await lose(fake);
  const before = fake.calls.length;
  fake.peer.onAnswer = () => fake.peer.flow();
  const reconnecting = fake.session.reconnect();
  await fake.time.advance(300);
  await reconnecting;
  assert.equal(fake.session.state.resumed.level, 1);
  assert.equal(fake.session.state.sessionId, created.sessionId);
  assert.equal(fake.peers.length, 1);
  assert.match(fake.peer.remote.sdp, /a=ice-ufrag:t\/1/);
  const calls = fake.calls.slice(before).map((call) => call.name);
  assert.deepEqual(calls.filter((name) => !name.endsWith('heartbeat')), []);
});

test('level 2: when the self-made answer is not enough, the server is asked', async () => {
  const fake = setUp();
  await connect(fake);
  await lose(fake);
  fake.peer.onAnswer = ({ sdp }) => sdp === 'the answer of level 2' && fake.peer.flow();
  const reconnecting = fake.session.reconnect();
  await fake.time.advance(2_000);
  await reconnecting;
  assert.equal(fake.session.state.resumed.level, 2);
  assert.equal(fake.session.state.generation, 5);
  assert.equal(fake.peers.length, 1);
});

test('level 3: a new connection takes over when it works, with a new token, and only then the old one goes', async () => {
  const fake = setUp();
  await connect(fake);
  await lose(fake);
  const [old] = fake.peers;
  const streams = [];
  fake.session.addEventListener('stream', (event) => streams.push(event.stream));
  const reconnecting = fake.session.reconnect();
  await fake.time.advance(4_600);
  assert.equal(fake.peers.length, 2);
  assert.ok(!old.closed);
  const stream = {};
  fake.peer.receive(stream);
  assert.deepEqual(streams, [], 'what does not count yet is not shown');
  fake.peer.become('connected');
  fake.peer.flow();
  await fake.time.advance(300);
  await reconnecting;
  assert.deepEqual(fake.states.slice(-4), ['reconnecting/1', 'reconnecting/2', 'reconnecting/3', 'connected']);
  assert.ok(old.closed);
  assert.deepEqual(streams, [stream]);
  await fake.session.say('x');
  assert.equal(fake.calls.at(-1).headers.Authorization, 'Bearer the next token');
  fake.peer.flow(0, 0);
  await fake.time.advance(2_000);
  assert.equal(fake.session.state.status, 'interrupted', 'the new connection is watched');
});

test('what level 1 began may arrive while level 2 is being asked', async () => {
  const fake = setUp({ 'PATCH /api/sessions/:id/connection': () => new Promise(() => {}) });
  await connect(fake);
  await lose(fake);
  const reconnecting = fake.session.reconnect();
  await fake.time.advance(1_800);
  fake.peer.flow();
  await fake.time.advance(200);
  await reconnecting;
  assert.equal(fake.session.state.status, 'connected');
  assert.equal(fake.peers.length, 1);
});

test('a connection that is gone on the other side goes straight to level 3', async () => {
  const fake = setUp();
  await connect(fake);
  fake.peer.become('closed');
  fake.peer.flow(0, 0);
  assert.equal(fake.session.state.reason, 'closed');
  fake.session.reconnect().catch(() => {});
  await settle();
  assert.deepEqual(fake.states.slice(-2), ['held', 'reconnecting/3']);
});

test('a connection whose keys the browser has given up goes straight to level 3, though a restarted path would show pictures', async () => {
  const fake = setUp();
  await connect(fake);
  await lose(fake);
  fake.peer.transport.state = 'failed';
  fake.peer.onAnswer = () => fake.peer.flow();
  fake.session.reconnect().catch(() => {});
  await settle();
  assert.deepEqual(fake.states.slice(-2), ['held', 'reconnecting/3']);
  assert.equal(fake.peers[0].restarts, 0);
});

test('keys that are given up while level 1 is tried: the server is not asked for a restart, and a new connection takes over', async () => {
  const fake = setUp();
  await connect(fake);
  await lose(fake);
  const [first] = fake.peers;
  first.onAnswer = () => {
    first.transport.state = 'failed';
    first.flow();
  };
  const reconnecting = fake.session.reconnect();
  await fake.time.advance(200);
  assert.deepEqual(fake.states.slice(-3), ['reconnecting/1', 'reconnecting/2', 'reconnecting/3']);
  assert.equal(fake.made('PATCH /api/sessions/:id/connection').length, 0);
  fake.peer.become('connected');
  fake.peer.flow();
  await fake.time.advance(300);
  await reconnecting;
  assert.equal(fake.session.state.resumed.level, 3);
  assert.ok(first.closed);
});

test('without WebCrypto (an insecure page) the ladder begins with level 2', async () => {
  const fake = setUp();
  fake.environment.subtle = null;
  await connect(fake);
  await lose(fake);
  fake.session.reconnect().catch(() => {});
  await settle();
  assert.equal(fake.session.state.level, 2);
});

test('a storm of clicks is one climb', async () => {
  const fake = setUp();
  await connect(fake);
  await lose(fake);
  const clicks = Array.from({ length: 20 }, () => fake.session.reconnect());
  await fake.time.advance(2_000);
  clicks.push(fake.session.reconnect());
  await fake.time.advance(20_000);
  for (const click of clicks) await assert.rejects(click, { code: 'unreachable' });
  assert.deepEqual(fake.states.slice(-4), ['reconnecting/1', 'reconnecting/2', 'reconnecting/3', 'held']);
  assert.equal(fake.made('POST /api/sessions/:id/connections').length, 1);
});

test('D21: after any failure the button works again, as often as it is pressed', async () => {
  const fake = setUp();
  await connect(fake);
  await lose(fake, { http: false });
  for (let press = 0; press < 5; press++) {
    const reconnecting = fake.session.reconnect();
    reconnecting.catch(() => {});
    await fake.time.advance(15_000);
    await assert.rejects(reconnecting, { code: 'network' });
    assert.equal(fake.session.state.status, 'held');
    assert.equal(fake.session.state.problem.code, 'network');
  }
  fake.peers[0].onAnswer = () => fake.peers[0].flow();
  const reconnecting = fake.session.reconnect();
  await fake.time.advance(1_000);
  await reconnecting;
  assert.equal(fake.session.state.status, 'connected');
  assert.ok(fake.peers.slice(1).every((peer) => peer.closed), 'what did not work was let go');
});

test('level 1 never runs further ahead than the server follows', async () => {
  const fake = setUp();
  await connect(fake);
  await lose(fake, { http: false });
  for (let press = 0; press < 20; press++) {
    fake.session.reconnect().catch(() => {});
    await fake.time.advance(15_000);
  }
  assert.match(fake.peers[0].remote.sdp, /a=ice-ufrag:t\/16\r/);
  assert.equal(fake.session.state.status, 'held');
});

test('heartbeats go every 20 s, on while the session is away, and three without an answer are told', async () => {
  const fake = setUp();
  await connect(fake);
  await fake.time.advance(57_500);
  assert.equal(fake.made('POST /api/sessions/:id/heartbeat').length, 3);
  fake.table['POST /api/sessions/:id/heartbeat'] = offline;
  await fake.time.advance(60_000);
  assert.equal(fake.session.state.status, 'connected', 'sound and pictures still flow');
  assert.equal(fake.session.state.missed, 3);
  await assert.rejects(fake.session.reconnect(), { code: 'network' });
  fake.table['POST /api/sessions/:id/heartbeat'] = () => json(200, vitals);
  await fake.session.reconnect();
  assert.equal(fake.session.state.missed, 0);
  const before = fake.made('POST /api/sessions/:id/heartbeat').length;
  await lose(fake);
  await fake.time.advance(50_000);
  assert.ok(fake.made('POST /api/sessions/:id/heartbeat').length >= before + 3);
});

test('heartbeats and reconnects tell how far the sound was played, as far as the browser knows', async () => {
  const fake = setUp();
  await connect(fake);
  await fake.time.advance(20_000);
  assert.equal(fake.made('POST /api/sessions/:id/heartbeat').at(-1).body, undefined);
  fake.peer.playedTo = 4_294_967_295;
  await fake.time.advance(20_000);
  assert.deepEqual(fake.made('POST /api/sessions/:id/heartbeat').at(-1).body, { played: { rtpTimestamp: 4_294_967_295 } });
  await lose(fake);
  fake.session.reconnect().catch(() => {});
  await fake.time.advance(6_000);
  assert.deepEqual(fake.made('PATCH /api/sessions/:id/connection')[0].body.played, { rtpTimestamp: 4_294_967_295 });
  assert.deepEqual(fake.made('POST /api/sessions/:id/connections')[0].body.played, { rtpTimestamp: 4_294_967_295 }, 'of the connection before');
});

test('the server says how long it still keeps the session', async () => {
  const fake = setUp();
  await connect(fake);
  fake.table['GET /api/sessions/:id'] = () => json(200, { ...vitals, state: 'held', expiresInSeconds: 120 });
  await lose(fake);
  assert.ok(Math.abs(fake.session.remainingMs - 120_000) < 1_500, `${fake.session.remainingMs}`);
});

test('expired: said as soon as it is so, and only a new start is possible', async () => {
  const fake = setUp({ 'POST /api/sessions': () => json(201, { ...created, graceSeconds: 15 }) });
  await connect(fake);
  const over = () => problem(410, 'session-ended', { reason: 'graceOver' });
  fake.table['GET /api/sessions/:id'] = () => json(200, { ...vitals, expiresInSeconds: 4 });
  await lose(fake);
  for (const name of everything) fake.table[name] = over;
  await fake.time.advance(6_000);
  assert.deepEqual([fake.session.state.status, fake.session.state.reason], ['ended', 'expired']);
  assert.ok(fake.peer.closed);
  await assert.rejects(fake.session.reconnect(), { code: 'not-connected' });
  assert.equal(fake.time.pending, 0);
});

test('a reconnect after the end says how it ended', async () => {
  for (const [answer, reason] of [
    [() => problem(410, 'session-ended', { reason: 'graceOver' }), 'expired'],
    [() => problem(410, 'session-ended', { reason: 'closedByOwner' }), 'closed'],
    [() => problem(409, 'replaced'), 'replaced'],
    [() => problem(401, 'not-owner'), 'replaced'],
    [() => problem(404, 'unknown-session'), 'gone'],
  ]) {
    const fake = setUp();
    await connect(fake);
    await lose(fake);
    fake.table['PATCH /api/sessions/:id/connection'] = answer;
    const reconnecting = fake.session.reconnect();
    reconnecting.catch(() => {});
    await fake.time.advance(2_000);
    await assert.rejects(reconnecting);
    assert.deepEqual([fake.session.state.status, fake.session.state.reason], ['ended', reason]);
  }
});

test('another client that is coming back is an answer, not the end', async () => {
  const fake = setUp({ 'POST /api/sessions/:id/connections': () => problem(409, 'another-is-reconnecting') });
  await connect(fake);
  await lose(fake);
  const reconnecting = fake.session.reconnect();
  reconnecting.catch(() => {});
  await fake.time.advance(6_000);
  await assert.rejects(reconnecting, { code: 'contested' });
  assert.equal(fake.session.state.status, 'held');
});

test('a connection that another tab replaced: the server is asked, and says so', async () => {
  const fake = setUp();
  await connect(fake);
  fake.table['GET /api/sessions/:id'] = () => problem(409, 'replaced');
  fake.peer.flow(0, 0);
  fake.peer.become('closed');
  await fake.time.advance(1_000);
  assert.equal(fake.session.state.reason, 'replaced');
});

test('assisted: one try when the network is back, and not a second one', async () => {
  const fake = setUp({}, { policy: 'assisted' });
  await connect(fake);
  await lose(fake, { http: false });
  assert.equal(fake.peers.length, 1);
  await fake.time.advance(60_000);
  assert.equal(fake.peers.length, 1, 'nothing speaks for the network');
  fake.hint('online');
  await fake.time.advance(20_000);
  assert.equal(fake.peers.length, 2);
  fake.hint('online');
  await fake.time.advance(60_000);
  assert.equal(fake.peers.length, 2);
  fake.peers[0].onAnswer = () => fake.peers[0].flow();
  const reconnecting = fake.session.reconnect();
  await fake.time.advance(1_000);
  await reconnecting;
});

test('auto: again and again until it works, without a click', async () => {
  const fake = setUp({}, { policy: 'auto' });
  await connect(fake);
  fake.peer.flow(0, 0);
  for (const name of everything) fake.table[name] = offline;
  await fake.time.advance(60_000);
  assert.notEqual(fake.session.state.status, 'connected');
  const tries = fake.peer.restarts;
  assert.ok(fake.peers[0].restarts >= 3, `${fake.peers[0].restarts} tries, ${tries}`);
  fake.peers[0].onAnswer = () => fake.peers[0].flow();
  await fake.time.advance(20_000);
  assert.equal(fake.session.state.status, 'connected');
});

test('an interruption that heals at once is left to heal, also by auto', async () => {
  const fake = setUp({}, { policy: 'auto' });
  await connect(fake);
  fake.peer.flow(0, 0);
  await fake.time.advance(2_000);
  fake.peer.flow();
  await fake.time.advance(10_000);
  assert.equal(fake.session.state.status, 'connected');
  assert.equal(fake.peer.restarts, 0);
});

test('D9: a reload comes back with the session, at level 3, with the stored token', async () => {
  const world = { time: new FakeTime(), storage: new FakeStorage(), locks: new FakeLocks() };
  const before = setUp({}, { world });
  await connect(before);
  // A reload: the page is gone without a word, its lock with it.
  const after = setUp({}, { world: { ...world, locks: new FakeLocks() } });
  const resuming = after.session.resume();
  assert.equal(await resuming, 'resuming');
  assert.deepEqual(after.states, ['held', 'reconnecting/3']);
  await settle();
  after.peer.receive({});
  after.peer.flow();
  await after.time.advance(300);
  assert.equal(after.session.state.status, 'connected');
  assert.equal(after.session.state.sessionId, created.sessionId);
  const call = after.made('POST /api/sessions/:id/connections')[0];
  assert.equal(call.headers.Authorization, 'Bearer the token');
  assert.equal(JSON.parse(world.storage.getItem('holdfast:session')).resumeToken, 'the next token');
});

test('what is said while away waits, goes over a reload, and is sent once and in order after the return', async () => {
  const world = { time: new FakeTime(), storage: new FakeStorage(), locks: new FakeLocks() };
  const before = setUp({}, { world });
  await connect(before);
  before.session.outbox.add('first');
  await settle();
  await lose(before);
  before.session.outbox.add('second');
  before.session.outbox.add('third');
  await settle();
  assert.deepEqual(before.made('POST /api/sessions/:id/say').map((call) => call.body.text), ['first']);
  const after = setUp({}, { world: { ...world, locks: new FakeLocks() } });
  await after.session.resume();
  assert.deepEqual(after.session.outbox.items.map((item) => item.status), ['waiting', 'waiting']);
  await settle();
  after.peer.flow();
  await after.time.advance(300);
  const said = after.made('POST /api/sessions/:id/say');
  assert.deepEqual(said.map((call) => call.body.text), ['second', 'third']);
  assert.deepEqual(JSON.parse(world.storage.getItem('holdfast:session')).unsent, []);
});

test('a second tab asks before it takes a session; taken over, the first is not asked again', async () => {
  const world = { time: new FakeTime(), storage: new FakeStorage(), locks: new FakeLocks() };
  const first = setUp({}, { world });
  await connect(first);
  const duplicate = new FakeStorage();
  for (const [key, value] of world.storage.values) duplicate.setItem(key, value);
  const second = setUp({}, { world: { ...world, storage: duplicate } });
  const asked = second.session.resume();
  await second.time.advance(600);
  assert.equal(await asked, 'elsewhere');
  await second.time.advance(5_000);
  assert.deepEqual([second.session.state.status, second.session.state.reason], ['held', 'elsewhere']);
  assert.equal(second.peers.length, 0);
  const taking = second.session.reconnect();
  await second.time.advance(100);
  second.peer.flow();
  await second.time.advance(300);
  await taking;
  assert.equal(second.session.state.status, 'connected');
});

test('a second tab that starts anew, or stops, leaves the session of the first alone', async () => {
  const world = { time: new FakeTime(), storage: new FakeStorage(), locks: new FakeLocks() };
  const first = setUp({}, { world });
  await connect(first);
  const second = setUp({}, { world });
  const asked = second.session.resume();
  await second.time.advance(600);
  await asked;
  await second.session.stop();
  assert.equal(second.session.state.status, 'ended');
  const again = second.session.resume();
  await second.time.advance(600);
  await again;
  second.session.start().catch(() => {});
  await settle();
  assert.equal(second.made('DELETE /api/sessions/:id').length, 0);
});

test('without a session of this tab, or with a damaged one, there is nothing to resume', async () => {
  for (const stored of [null, '{', '{"sessionId":1}', 'null', '[]']) {
    const storage = new FakeStorage();
    if (stored) storage.setItem('holdfast:session', stored);
    const fake = setUp({}, { world: { storage } });
    assert.equal(await fake.session.resume(), 'none');
    assert.equal(fake.session.state.status, 'idle');
  }
});

test('D22: a session that the person left or stopped is handled as that: only stopping ends it on the server', async () => {
  const fake = setUp();
  await connect(fake);
  fake.hint('hidden');
  await fake.time.advance(1_000);
  assert.equal(fake.made('DELETE /api/sessions/:id').length, 0);
  assert.ok(!fake.peer.closed);
  assert.ok(fake.storage.getItem('holdfast:session'));
  await fake.session.stop();
  assert.equal(fake.made('DELETE /api/sessions/:id').length, 1);
  assert.equal(fake.storage.getItem('holdfast:session'), null);
  await settle();
  assert.equal(fake.time.pending, 0);
});

test('stopping and starting anew work in the middle of a climb', async () => {
  for (const act of [(session) => session.stop(), (session) => void session.start()]) {
    const fake = setUp();
    await connect(fake);
    await lose(fake);
    const reconnecting = fake.session.reconnect();
    reconnecting.catch(() => {});
    await fake.time.advance(5_000);
    await act(fake.session);
    await assert.rejects(reconnecting, { code: 'cancelled' });
    assert.ok(fake.peers.slice(0, 2).every((peer) => peer.closed));
    await fake.time.advance(16_000);
    assert.ok(['ended', 'error'].includes(fake.session.state.status));
    assert.equal(fake.time.pending, 0);
  }
});

test('each change is one line for the console: session, from, to, why, how long it is kept', async () => {
  const fake = setUp();
  await connect(fake);
  await lose(fake);
  fake.peer.onAnswer = () => fake.peer.flow();
  const reconnecting = fake.session.reconnect();
  await fake.time.advance(300);
  await reconnecting;
  const id = created.sessionId;
  const lines = fake.lines.slice(-4);
  assert.match(lines[0], new RegExp(`session ${id}: connected -> interrupted \\(silent\\); kept for 29\\d\\.\\d s`));
  assert.match(lines[1], new RegExp(`session ${id}: interrupted -> held \\(silent\\); kept for \\d+\\.\\d s`));
  assert.match(lines[2], /held -> reconnecting at level 1, asked by the person/);
  assert.match(lines[3], /reconnecting -> connected at level 1 after 11\.\d s/);
});

