import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HoldfastSession } from './session.js';
import './statistics.js'; // which a session loads later: here it is there, so that no clock of a test has to wait for it
import { created, fakeEnvironment, json, problem, settle } from '../tests/fakes.js';

function setUp(answers) {
  const fake = fakeEnvironment(answers);
  const session = new HoldfastSession({ environment: fake.environment });
  const states = [];
  session.addEventListener('statechange', (event) => {
    assert.equal(event.state, session.state);
    states.push(event.state.step ? `${event.state.status}/${event.state.step}` : event.state.status);
  });
  return { ...fake, get peer() { return fake.peers.at(-1); }, session, states };
}

async function connect(fake) {
  const starting = fake.session.start();
  await settle();
  fake.peer.become('connected');
  fake.peer.flow();
  await starting;
}

test('a start offers to receive sound and pictures, and asks the server without waiting for candidates', async () => {
  const fake = setUp();
  const starting = fake.session.start({ avatar: 'kai' });
  await settle();
  assert.deepEqual(fake.peer.transceivers, [['audio', 'recvonly'], ['video', 'recvonly']]);
  assert.equal(fake.peer.configuration.bundlePolicy, 'max-bundle');
  assert.deepEqual(fake.calls[0].body, { sdp: fake.peer.local.sdp, type: 'offer', avatar: 'kai' });
  assert.deepEqual(fake.peer.remote, created.answer);
  fake.peer.become('connecting');
  fake.peer.become('connected');
  await starting;
  assert.deepEqual(fake.states, ['starting/offering', 'starting/requesting', 'starting/connecting', 'connected']);
  assert.equal(fake.session.state.sessionId, created.sessionId);
});

test('two clicks make one session', async () => {
  const fake = setUp();
  const first = fake.session.start();
  assert.equal(fake.session.start(), first);
  await settle();
  fake.peer.become('connected');
  await first;
  await fake.session.start();
  assert.equal(fake.peers.length, 1);
  assert.equal(fake.made('POST /api/sessions').length, 1);
});

test('one stream is told once, although it has two tracks, and its end is told', async () => {
  const fake = setUp();
  const streams = [];
  fake.session.addEventListener('stream', (event) => streams.push(event.stream));
  await connect(fake);
  const stream = {};
  fake.peer.receive(stream);
  fake.peer.receive(stream);
  assert.deepEqual(streams, [stream]);
  assert.equal(fake.session.stream, stream);
  await fake.session.stop();
  assert.deepEqual(streams, [stream, null]);
});

test('a full server: the start is rejected, the state says why, nothing is left open', async () => {
  const fake = setUp({ 'POST /api/sessions': json(503, { type: 'urn:holdfast:problem:full', detail: 'All 8 sessions are taken.' }, { 'retry-after': '20' }) });
  await assert.rejects(fake.session.start(), { code: 'full', retryAfterSeconds: 20 });
  assert.equal(fake.session.state.status, 'error');
  assert.equal(fake.session.state.error.message, 'All 8 sessions are taken.');
  assert.ok(fake.peer.closed);
  assert.equal(fake.time.pending, 0);
});

test('after an error the next start can succeed', async () => {
  const fake = setUp({ 'POST /api/sessions': () => Promise.reject(new TypeError('offline')) });
  await assert.rejects(fake.session.start(), { code: 'network' });
  fake.table['POST /api/sessions'] = () => json(201, created);
  await connect(fake);
  assert.equal(fake.session.state.status, 'connected');
});

test('an answer the browser refuses ends the start and the session on the server', async () => {
  const fake = setUp();
  const starting = fake.session.start();
  fake.peer.refuseAnswer = true;
  await assert.rejects(starting, { code: 'negotiation' });
  await settle();
  assert.equal(fake.made('DELETE /api/sessions/:id').length, 1);
  assert.ok(fake.peer.closed);
});

test('a browser without WebRTC is told so', async () => {
  const { environment } = fakeEnvironment();
  const session = new HoldfastSession({ environment: { ...environment, RTCPeerConnection: undefined } });
  await assert.rejects(session.start(), { code: 'unsupported' });
  assert.equal(session.state.status, 'error');
});

test('no media path within 15 s of the answer is an error, and the slot is given back', async () => {
  const fake = setUp();
  const starting = fake.session.start();
  await settle();
  await fake.time.advance(14_999);
  assert.equal(fake.session.state.status, 'starting');
  await fake.time.advance(1);
  await assert.rejects(starting, { code: 'unreachable' });
  assert.equal(fake.made('DELETE /api/sessions/:id').length, 1);
});

test('a path that the browser finds failed while starting is the same error at once', async () => {
  const fake = setUp();
  const starting = fake.session.start();
  await settle();
  fake.peer.become('failed');
  await assert.rejects(starting, { code: 'unreachable' });
  assert.ok(fake.peer.closed);
  await settle();
  assert.equal(fake.time.pending, 0);
});

test('stopped while the server is still thinking: the session it makes is given back', async () => {
  let answer;
  const fake = setUp({ 'POST /api/sessions': () => new Promise((resolve) => (answer = resolve)) });
  const starting = fake.session.start();
  await settle();
  await fake.session.stop();
  assert.equal(fake.session.state.status, 'ended');
  await assert.rejects(starting, { code: 'cancelled' });
  answer(json(201, created));
  await settle();
  assert.equal(fake.made('DELETE /api/sessions/:id').length, 1);
  assert.equal(fake.session.state.status, 'ended');
});

test('stopping tells the server and closes the connection', async () => {
  const fake = setUp();
  await connect(fake);
  await fake.session.stop();
  assert.deepEqual(fake.states.slice(-2), ['stopping', 'ended']);
  assert.equal(fake.session.state.reason, 'stopped');
  assert.ok(fake.peer.closed);
  assert.equal(fake.made('DELETE /api/sessions/:id').length, 1);
  await settle();
  await settle();
  assert.equal(fake.time.pending, 0);
});

test('stopping works although the server cannot be told', async () => {
  const fake = setUp({ 'DELETE /api/sessions/:id': () => Promise.reject(new TypeError('offline')) });
  await connect(fake);
  await fake.session.stop();
  assert.equal(fake.session.state.status, 'ended');
});

test('a new start does not wait for a slow stop, and the late end of the old one changes nothing', async () => {
  let answer;
  const fake = setUp({ 'DELETE /api/sessions/:id': () => new Promise((resolve) => (answer = resolve)) });
  await connect(fake);
  const stopping = fake.session.stop();
  await connect(fake);
  answer(json(204));
  await stopping;
  assert.equal(fake.session.state.status, 'connected');
  assert.equal(fake.session.state.attempt, 2);
});

test('saying and interrupting go to the server, and need a session', async () => {
  const fake = setUp();
  await assert.rejects(fake.session.say('x'), { code: 'not-connected' });
  await connect(fake);
  assert.deepEqual(await fake.session.say('你好'), { utteranceId: 'u1' });
  assert.deepEqual(await fake.session.interrupt(), { stopped: 2 });
  fake.peer.become('failed');
  await assert.rejects(fake.session.say('x'), { code: 'not-connected' });
});

test('a text refused leaves the session as it is; one for a session that is gone ends it as soon as nothing of it arrives any more', async () => {
  const fake = setUp({ 'POST /api/sessions/:id/say': problem(429, 'too-much-to-say') });
  await connect(fake);
  await assert.rejects(fake.session.say('x'), { code: 'busy' });
  assert.equal(fake.session.state.status, 'connected');
  fake.table['POST /api/sessions/:id/say'] = fake.table['GET /api/sessions/:id'] = () => problem(404, 'unknown-session');
  await assert.rejects(fake.session.say('x'), { code: 'gone' });
  assert.equal(fake.session.state.status, 'connected', 'it plays');
  fake.peer.flow(0, 0);
  await fake.time.advance(1_600);
  assert.equal(fake.session.state.reason, 'gone');
});

test('statistics come once a second while there is a connection, and then no more', async () => {
  const fake = setUp();
  const roundTrips = [];
  fake.session.addEventListener('statistics', (event) => roundTrips.push(event.statistics.roundTripMs));
  await connect(fake);
  fake.peer.report = new Map([['t', { type: 'transport', selectedCandidatePairId: 'p' }], ['p', { currentRoundTripTime: 0.024 }]]);
  await fake.time.advance(3_000);
  assert.deepEqual(roundTrips, [24, 24, 24]);
  fake.peer.flow(0, 0);
  await fake.time.advance(2_000);
  assert.equal(fake.session.state.status, 'interrupted');
  fake.peer.flow();
  await fake.time.advance(1_000);
  assert.equal(fake.session.state.status, 'connected');
  assert.equal(roundTrips.length, 6, 'healing does not start a second clock');
  await fake.session.stop();
  await fake.time.advance(5_000);
  assert.equal(roundTrips.length, 6);
});
