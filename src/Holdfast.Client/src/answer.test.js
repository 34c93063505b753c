import assert from 'node:assert/strict';
import { createHmac, randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { selfMadeAnswer } from './answer.js';

const { subtle } = globalThis.crypto;
const password = '0'.repeat(32);
const offered = (kind, lines = 'a=ice-ufrag:Ab+/\r\na=ice-pwd:xxxxxxxxxxxxxxxxxxxxxxxx\r\n') => `m=${kind} 9 UDP/TLS/RTP/SAVPF 111\r\n${lines}a=mid:${kind}\r\n`;
const media = (kind) => `m=${kind} 9 UDP/TLS/RTP/SAVPF 111\r\na=ice-ufrag:tag/0\r\na=ice-pwd:${password}\r\na=mid:${kind}\r\n`;
const offer = `v=0\r\na=group:BUNDLE audio video\r\n${offered('audio')}${offered('video')}`;
const head = 'v=0\r\no=- 4611686018427387904 9223372036854775806 IN IP4 127.0.0.1\r\na=ice-lite\r\n';
const lastAnswer = `${head}${media('audio')}${media('video')}`;
const secret = randomBytes(32);
const key = { secret: secret.toString('base64url'), tag: 'tag' };
const derived = (ufrags) => createHmac('sha256', secret).update(ufrags).digest('hex').slice(0, 32);

test('the credentials are those that the server derives, in each m-section; the version grows; the rest stays', async () => {
  const answer = await selfMadeAnswer({ offer, lastAnswer, key, generation: 3, subtle });
  assert.equal(answer, renewed(lastAnswer, 3));
});

test('an answer that says nothing about ICE cannot be built upon', async () => {
  await assert.rejects(selfMadeAnswer({ offer, lastAnswer: 'v=0\r\n', key, generation: 1, subtle }), { code: 'negotiation' });
  await assert.rejects(selfMadeAnswer({ offer: 'v=0\r\n', lastAnswer, key, generation: 1, subtle }), { code: 'negotiation' });
});

test('a section that stays in the bundle with nothing in it, and one that was refused, are answered as before', async () => {
  const kept = 'm=video 9 UDP/TLS/RTP/SAVPF 102\r\na=mid:0\r\na=inactive\r\na=ice-ufrag:tag/0\r\na=ice-pwd:' + password + '\r\na=rtpmap:102 H264/90000\r\n';
  const refused = 'm=application 0 UDP/DTLS/SCTP webrtc-datachannel\r\na=mid:2\r\na=inactive\r\n';
  const last = `${head}a=group:BUNDLE 0 audio\r\n${kept}${media('audio')}${refused}`;
  const again = 'v=0\r\na=group:BUNDLE 0 audio\r\nm=video 9 UDP/TLS/RTP/SAVPF 102\r\na=mid:0\r\na=ice-ufrag:Ab+/\r\n'
    + `${offered('audio', '')}m=application 0 UDP/DTLS/SCTP webrtc-datachannel\r\na=mid:2\r\n`;

  assert.equal(await selfMadeAnswer({ offer: again, lastAnswer: last, key, generation: 1, subtle }), renewed(last, 1));
});

test('a section without a tag is answered without one', async () => {
  const withoutMid = (/** @type {string} */ text) => text.replace('a=mid:audio\r\n', '');
  const last = withoutMid(`${head}${media('audio')}`);

  const answer = await selfMadeAnswer({ offer: withoutMid(`v=0\r\n${offered('audio')}`), lastAnswer: last, key, generation: 1, subtle });

  assert.equal(answer, renewed(last, 1));
});

test("the password is towards the ufrag of the bundle's first section, wherever that stands", async () => {
  const own = offered('audio', 'a=ice-ufrag:other\r\na=ice-pwd:yyyyyyyyyyyyyyyyyyyyyyyy\r\n');
  const answer = await selfMadeAnswer({
    offer: `v=0\r\na=group:BUNDLE video audio\r\n${own}${offered('video')}`, lastAnswer, key, generation: 1, subtle,
  });

  assert.equal(answer, renewed(lastAnswer, 1));
});

test('an offer with another section than the last answer has is for the server', async () => {
  const more = `${offer}${offered('microphone')}`;
  await assert.rejects(selfMadeAnswer({ offer: more, lastAnswer, key, generation: 1, subtle }), { code: 'negotiation' });
});

/**
 * @param {string} answer
 * @param {number} generation
 */
function renewed(answer, generation) {
  return answer.replaceAll('tag/0', `tag/${generation}`).replaceAll(password, derived(`tag/${generation}:Ab+/`))
    .replace('9223372036854775806', '9223372036854775807');
}
