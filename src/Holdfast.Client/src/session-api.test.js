import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SessionApi } from './session-api.js';
import { created, fakeEnvironment, json, problem } from '../tests/fakes.js';

const session = { sessionId: 7, resumeToken: 'the token' };

test('a session is asked for with the offer, and with what is wished for only where it is', async () => {
  const { environment, calls } = fakeEnvironment();
  const api = new SessionApi(environment);
  assert.deepEqual(await api.create('the offer'), created);
  await api.create('the offer', { avatar: 'kai' });
  await api.create('the offer', { graceSeconds: 60, gapPolicy: 'finish' });
  assert.deepEqual(calls.map((call) => call.body), [
    { sdp: 'the offer', type: 'offer' },
    { sdp: 'the offer', type: 'offer', avatar: 'kai' },
    { sdp: 'the offer', type: 'offer', graceSeconds: 60, gapPolicy: 'finish' },
  ]);
});

test('every later call carries the resume token, and the token is in no address', async () => {
  const { environment, calls } = fakeEnvironment();
  const api = new SessionApi(environment, 'https://example.test');
  await api.get(session);
  assert.deepEqual(await api.say(session, '你好'), { utteranceId: 'u1' });
  assert.deepEqual(await api.interrupt(session), { stopped: 2 });
  assert.equal(await api.close(session), undefined);
  assert.equal(calls.length, 4);
  for (const call of calls) {
    assert.equal(call.headers.Authorization, 'Bearer the token');
    assert.match(call.url, /^https:\/\/example\.test\/api\/sessions\/7/);
    assert.doesNotMatch(call.url, /token/);
  }
  assert.deepEqual(calls[1].body, { text: '你好', mode: 'echo' });
});

for (const [status, kind, code] of [
  [400, 'bad-request', 'refused'], [401, 'not-owner', 'unauthorized'], [401, 'sign-in', 'sign-in'], [429, 'too-many-starts', 'busy'], [404, 'unknown-session', 'gone'], [409, 'key-taken', 'refused'], [409, 'replaced', 'replaced'],
  [410, 'session-ended', 'gone'], [429, 'too-much-to-say', 'busy'], [500, 'internal', 'server'], [503, 'full', 'full'], [503, 'stopping', 'restarting'],
  [404, 'not-found', 'refused'], [422, 'nothing-to-say', 'wordless'], [410, 'something-new', 'refused'], [401, 'constructor', 'refused'],
]) {
  test(`${status} ${kind} is "${code}", in the words of the problem details`, async () => {
    const { environment } = fakeEnvironment({
      'POST /api/sessions': problem(status, kind, { detail: 'One clear sentence.' }, { 'retry-after': '20' }),
    });
    await assert.rejects(new SessionApi(environment).create('the offer'), {
      name: 'HoldfastError',
      code,
      status,
      message: 'One clear sentence.',
      detail: 'One clear sentence.',
      retryAfterSeconds: 20,
    });
  });
}

test('who calls is told with every call, and the resume token then has a header of its own', async () => {
  const { environment, calls } = fakeEnvironment();
  let token = 'first';
  const api = new SessionApi(environment, '', async () => token);
  await api.create('the offer');
  token = 'second';
  await api.get(session);
  assert.deepEqual(calls.map(({ headers }) => [headers.Authorization, headers['Holdfast-Resume-Token']]), [['Bearer first', undefined], ['Bearer second', 'the token']]);
});

test('a server that cannot be reached is "network", with the cause kept', async () => {
  const cause = new TypeError('Failed to fetch');
  const { environment } = fakeEnvironment({ 'POST /api/sessions': () => Promise.reject(cause) });
  await assert.rejects(new SessionApi(environment).create('x'), { code: 'network', cause });
});

test('a server that does not answer is "timeout" after ten seconds', async () => {
  const { environment, time } = fakeEnvironment({ 'POST /api/sessions': () => new Promise(() => {}) });
  const call = new SessionApi(environment).create('x');
  await time.advance(9_999);
  const early = await Promise.race([call.catch(() => 'over'), Promise.resolve('waiting')]);
  assert.equal(early, 'waiting');
  await time.advance(1);
  await assert.rejects(call, { code: 'timeout' });
  assert.equal(time.pending, 0);
});

test('a success in another shape is not the server, unless it bears its mark: then this page is too old for it', async () => {
  for (const body of [{}, { ...created, sessionId: '7' }, { ...created, resumeToken: null }, { ...created, answer: {} }]) {
    for (const [mark, code] of [[{}, 'foreign'], [{ 'holdfast-api': '1' }, 'malformed']]) {
      const { environment } = fakeEnvironment({ 'POST /api/sessions': json(201, body, mark) });
      await assert.rejects(new SessionApi(environment).create('x'), { code });
    }
  }
});

const B = 'https://b.test/live';

/** A session that another server has: whoever asks elsewhere is told so. */
function moved(answers, address = B) {
  const fake = fakeEnvironment();
  const asked = [];
  fake.environment.fetch = async (url, init) => {
    asked.push([url, init.method, init.headers.Authorization, init.body]);
    for (const [prefix, answer] of Object.entries(answers)) if (url.startsWith(prefix)) return answer();
    return problem(421, 'elsewhere', { address });
  };
  return { api: new SessionApi(fake.environment, 'https://a.test'), asked };
}

test('a call for a session that another server has is sent there, with its body and the token, and the next one at once', async () => {
  const { api, asked } = moved({ [B]: () => json(202, { utteranceId: 'u1' }) });
  assert.deepEqual(await api.say(session, 'hello'), { utteranceId: 'u1' });
  assert.deepEqual(await api.say(session, 'again'), { utteranceId: 'u1' });
  assert.deepEqual(asked.map(([url]) => url), ['https://a.test/api/sessions/7/say', `${B}/api/sessions/7/say`, `${B}/api/sessions/7/say`]);
  assert.deepEqual(asked[1], [`${B}/api/sessions/7/say`, 'POST', 'Bearer the token', JSON.stringify({ text: 'hello', mode: 'echo' })]);
});

test('the journal is read where the session is', async () => {
  const { api, asked } = moved({ [B]: () => new Response('', { status: 200, headers: { 'content-type': 'text/event-stream' } }) });
  await api.events(session, 3, new AbortController().signal);
  assert.deepEqual(asked.map(([url]) => url), ['https://a.test/api/sessions/7/events', `${B}/api/sessions/7/events`]);
});

for (const address of ['http://b.test', 'javascript:alert(1)', 'https://me:secret@b.test', 'https://b.test/?x=1', '//b.test', 'b.test', '', 7, null]) {
  test(`the token goes to no address such as ${address}`, async () => {
    const { api, asked } = moved({}, address);
    await assert.rejects(api.get(session), { code: 'elsewhere', status: 421 });
    assert.equal(asked.length, 1);
  });
}

test('servers that send a call in a circle are asked no further', async () => {
  let next = 0;
  const { api, asked } = moved({ 'https://': () => problem(421, 'elsewhere', { address: `https://${next++ % 2 ? 'a' : 'b'}.test` }) });
  await assert.rejects(api.get(session), { code: 'elsewhere' });
  assert.ok(asked.length <= 4, `${asked.length}`);
});

test('where the other server has it no more, or is gone, the first one is asked again', async () => {
  let b = () => json(202, { utteranceId: 'u1' });
  let a = () => problem(421, 'elsewhere', { address: B });
  const { api, asked } = moved({ [B]: () => b(), 'https://a.test': () => a() });
  await api.say(session, 'one');
  b = () => problem(404, 'unknown-session');
  a = () => json(202, { utteranceId: 'u2' });
  assert.deepEqual(await api.say(session, 'two'), { utteranceId: 'u2' });
  a = () => problem(421, 'elsewhere', { address: B });
  b = () => { throw new TypeError('refused'); };
  await assert.rejects(api.say(session, 'three'), { code: 'network' });
  a = () => json(202, { utteranceId: 'u3' });
  assert.deepEqual(await api.say(session, 'four'), { utteranceId: 'u3' });
  assert.match(asked.at(-1)[0], /^https:\/\/a\.test/);
});

test('that another server has a session is nobody else\'s word', async () => {
  const { api, asked } = moved({ 'https://a.test': () => json(421, { type: 'about:blank', address: B }) });
  await assert.rejects(api.get(session), { code: 'foreign' });
  assert.equal(asked.length, 1);
});
