import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HoldfastSession } from './session.js';
import { eventStream, fakeEnvironment, json, problem, settle } from '../tests/fakes.js';

const RATE = 16_000;
const RECORDING = 'POST /api/sessions/:id/microphone/recording';
const HOW = 'PUT /api/sessions/:id/microphone';

/** A session whose person has a microphone. `speak` is heard by whoever hears along, and takes its time. */
async function listening(answers = {}) {
  const fake = fakeEnvironment(answers);
  const taps = [];
  fake.environment.sound = {
    tap: async (track, onSamples) => {
      const tap = { rate: RATE, onSamples, isClosed: false, close: () => (tap.isClosed = true) };
      taps.push(tap);
      return tap;
    },
    resample: async (samples) => samples,
  };
  const session = new HoldfastSession({ environment: fake.environment });
  const keeping = [];
  session.addEventListener('microphone', () => keeping.push(session.keeping));
  const starting = session.start();
  await settle();
  fake.peer.become('connected');
  fake.peer.flow();
  await starting;
  const track = { enabled: true, kind: 'audio' };
  await session.setMicrophone(track);
  return {
    ...fake,
    get peer() {
      return fake.peer;
    },
    session,
    track,
    taps,
    keeping,
    recordings: () => fake.made(RECORDING).map((call) => ({ ...call, query: new URL(call.url, 'http://localhost').searchParams, samples: samplesOf(call.body) })),
    /** So many seconds of a sound of this loudness, in pieces of a tenth. */
    speak: async (seconds, loudness) => {
      for (let i = 0; i < seconds * 10; i++) {
        await fake.time.advance(100);
        taps.at(-1).onSamples(new Float32Array(RATE / 10).fill(loudness));
      }
    },
  };
}

function samplesOf(file) {
  const view = new DataView(file.buffer);
  return Array.from({ length: (file.byteLength - 44) / 2 }, (_, i) => view.getInt16(44 + i * 2, true));
}

/** How many seconds of a recording are of this loudness. */
const secondsOf = (samples, loudness) => samples.filter((sample) => Math.abs(sample / 32_767 - loudness) < 0.01).length / RATE;

test('what is said into a dead connection is sent once when it is back, with what came just before and after', async () => {
  const fake = await listening();
  await fake.speak(20, 0.1);
  fake.peer.flow(0, 0);
  await fake.speak(4, 0.5);
  assert.equal(fake.session.state.status, 'interrupted');
  assert.equal(fake.session.keeping, 'keeping');
  fake.peer.flow();
  await fake.speak(4, 0.9);

  assert.equal(fake.session.state.status, 'connected');
  const [recording, ...more] = fake.recordings();
  assert.deepEqual(more, []);
  assert.equal(secondsOf(recording.samples, 0.5), 4);
  assert.ok(secondsOf(recording.samples, 0.1) >= 3, 'what was on its way when the connection died');
  assert.ok(secondsOf(recording.samples, 0.9) >= 1, 'by which the server finds where the gap ends');
  const from = Number(recording.query.get('from'));
  assert.ok(Math.abs(from / 1_000 - recording.samples.length / RATE) < 0.3, `it began ${from} ms ago`);
  assert.deepEqual(fake.keeping, ['keeping', 'sending', 'none']);
});

test('what the microphone needs may be loaded before; until it is used there is nothing to tell', async () => {
  const fake = fakeEnvironment();
  const session = new HoldfastSession({ environment: fake.environment });
  assert.deepEqual([session.keeping, session.microphoneLevel, session.microphone], ['none', 0, null]);
  await session.prepareMicrophone();
  assert.deepEqual([session.keeping, session.microphoneLevel, session.microphone], ['none', 0, null]);
  // Asked for one after the other, without waiting: the last one counts.
  const track = { enabled: true, kind: 'audio' };
  const other = new HoldfastSession({ environment: fakeEnvironment().environment });
  const both = Promise.all([other.setMicrophone(track), other.listen({ mode: 'pushToTalk' }), other.setMicrophone(null)]);
  await both;
  assert.equal(other.microphone, null);
  assert.equal(track.enabled, false, 'the button is not held');
});

test('nothing is sent where nothing was said, or nobody listens along', async () => {
  const fake = await listening();
  await fake.speak(3, 0);
  fake.peer.flow(0, 0);
  await fake.speak(4, 0);
  fake.peer.flow();
  await fake.speak(4, 0);
  assert.equal(fake.session.state.status, 'connected');
  assert.deepEqual(fake.recordings(), []);
  assert.equal(fake.session.keeping, 'none');
});

test('an outage of minutes: its first minute is kept, and the person is told when no more is', async () => {
  const fake = await listening();
  await fake.speak(10, 0.1);
  fake.peer.flow(0, 0);
  await fake.speak(50, 0.5);
  assert.equal(fake.session.keeping, 'keeping');
  await fake.speak(20, 0.9);
  assert.equal(fake.session.keeping, 'full');
  fake.peer.flow();
  const back = fake.session.reconnect();
  await settle();
  fake.peer.flow();
  fake.peer.become('connected');
  await fake.time.advance(3_000);
  await back;
  await fake.time.advance(3_000);

  const [{ samples }] = fake.recordings();
  assert.equal(samples.length, 60 * RATE);
  assert.ok(secondsOf(samples, 0.5) >= 49.9);
  assert.ok(samples.length * 2 + 44 < 2 * 1024 * 1024, 'the server takes it');
});

test('an answer that is lost: it is sent again under the same name, and one that is refused is given up and told', async () => {
  const fake = await listening({ [RECORDING]: () => Promise.reject(new TypeError('reset')) });
  await fake.speak(2, 0.5);
  fake.peer.flow(0, 0);
  await fake.speak(3, 0.5);
  fake.peer.flow();
  await fake.speak(4, 0.5);
  fake.table[RECORDING] = () => json(202, { seconds: 1 });
  await fake.time.advance(5_000);
  const sent = fake.recordings();
  assert.ok(sent.length >= 2);
  assert.equal(new Set(sent.map(({ query }) => query.get('key'))).size, 1);
  assert.equal(fake.session.keeping, 'none');
  assert.ok(Number(sent.at(-1).query.get('from')) > Number(sent[0].query.get('from')), 'it began longer ago');

  fake.table[RECORDING] = () => problem(415, 'not-sound');
  fake.peer.flow(0, 0);
  await fake.speak(3, 0.5);
  fake.peer.flow();
  await fake.speak(4, 0.5);
  assert.equal(fake.session.keeping, 'lost');
  assert.equal(fake.recordings().length, sent.length + 1);
});

test('an outage that only the server noticed is mended too, and one that both noticed is sent once', async () => {
  const streams = [];
  const fake = await listening({ 'GET /api/sessions/:id/events': () => eventStream(streams) });
  let id = 0;
  const tell = (from, to) => streams.at(-1).enqueue(new TextEncoder().encode(`id: ${++id}\nevent: state\ndata: ${JSON.stringify({ from, to, reason: 'x', generation: 0 })}\n\n`));
  await fake.speak(2, 0.5);
  tell('connected', 'interrupted');
  tell('interrupted', 'connected');
  await fake.speak(2, 0.5);
  assert.equal(fake.recordings().length, 1);

  fake.peer.flow(0, 0);
  await fake.speak(3, 0.5);
  fake.peer.flow();
  await fake.speak(1, 0.5);
  tell('connected', 'interrupted');
  tell('interrupted', 'connected');
  await fake.speak(4, 0.5);
  assert.equal(fake.recordings().length, 2);
});

test('another outage before the recording was made: all of it is one recording', async () => {
  const fake = await listening();
  await fake.speak(2, 0.1);
  fake.peer.flow(0, 0);
  await fake.speak(3, 0.5);
  fake.peer.flow();
  await fake.speak(0.6, 0.7);
  assert.equal(fake.session.state.status, 'connected');
  fake.peer.flow(0, 0);
  fake.peer.become('failed');
  await fake.speak(3, 0.5);
  assert.deepEqual(fake.recordings(), []);
  const back = fake.session.reconnect();
  await settle();
  fake.peer.flow();
  fake.peer.become('connected');
  await fake.time.advance(2_000);
  await back;
  await fake.speak(4, 0.9);

  const recordings = fake.recordings();
  assert.equal(recordings.length, 1);
  assert.ok(secondsOf(recordings[0].samples, 0.5) >= 5.9);
});

test('with a button nothing leaves the page while it is not held, and nothing of that is kept', async () => {
  const fake = await listening();
  await fake.session.listen({ mode: 'pushToTalk' });
  assert.equal(fake.track.enabled, false);
  await fake.session.listen({ mode: 'pushToTalk', talking: true });
  assert.equal(fake.track.enabled, true);
  assert.deepEqual(fake.made(HOW).map(({ body }) => body), [{ mode: 'pushToTalk', talking: false }, { mode: 'pushToTalk', talking: true }]);
  await fake.session.listen({ mode: 'pushToTalk' });

  fake.peer.flow(0, 0);
  await fake.speak(3, 0.2);
  assert.equal(fake.session.state.status, 'interrupted');
  await fake.session.listen({ mode: 'pushToTalk', talking: true });
  await fake.speak(2, 0.5);
  await fake.session.listen({ mode: 'pushToTalk' });
  await fake.speak(3, 0.2);
  fake.peer.flow();
  await fake.speak(4, 0.2);

  const [{ samples }] = fake.recordings();
  assert.equal(secondsOf(samples, 0.5), 2);
  assert.ok(secondsOf(samples, 0.2) < 3.2);
  assert.deepEqual(fake.made(HOW).at(-1).body, { mode: 'pushToTalk', talking: false }, 'the server is told when it can be');
});

test('another microphone is heard along in its place; without one there is nothing to hear', async () => {
  const fake = await listening();
  await fake.speak(1, 0.5);
  assert.ok(Math.abs(fake.session.microphoneLevel - 0.5) < 0.001);
  await fake.session.setMicrophone({ enabled: true, kind: 'audio' });
  assert.deepEqual(fake.taps.map((tap) => tap.isClosed), [true, false]);
  await fake.session.setMicrophone(null);
  assert.equal(fake.session.microphoneLevel, 0);
  assert.deepEqual(fake.taps.map((tap) => tap.isClosed), [true, true]);
});

test('what was said to a session that is over is nobody else’s', async () => {
  const fake = await listening();
  await fake.speak(2, 0.5);
  fake.peer.flow(0, 0);
  await fake.speak(3, 0.5);
  await fake.session.stop();
  assert.equal(fake.session.keeping, 'none');
  const starting = fake.session.start();
  await settle();
  fake.peer.become('connected');
  fake.peer.flow();
  await fake.time.advance(5_000);
  await starting;
  assert.deepEqual(fake.recordings(), []);
});
