import assert from 'node:assert/strict';
import { createHmac, randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { selfMadeAnswer } from './answer.js';

const { subtle } = globalThis.crypto;
const offer = 'v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=ice-ufrag:Ab+/\r\na=ice-pwd:xxxxxxxxxxxxxxxxxxxxxxxx\r\n';
const media = (kind) => `m=${kind} 9 UDP/TLS/RTP/SAVPF 111\r\na=ice-ufrag:tag/0\r\na=ice-pwd:00000000000000000000000000000000\r\na=mid:${kind}\r\n`;
const lastAnswer = `v=0\r\no=- 4611686018427387904 9223372036854775806 IN IP4 127.0.0.1\r\na=ice-lite\r\n${media('audio')}${media('video')}`;

test('the credentials are those that the server derives, in each m-section; the version grows; the rest stays', async () => {
  const secret = randomBytes(32);
  const answer = await selfMadeAnswer({ offer, lastAnswer, key: { secret: secret.toString('base64url'), tag: 'tag' }, generation: 3, subtle });
  const password = createHmac('sha256', secret).update('tag/3:Ab+/').digest('hex').slice(0, 32);
  assert.equal(
    answer,
    lastAnswer.replaceAll('tag/0', 'tag/3').replaceAll('0'.repeat(32), password).replace('9223372036854775806', '9223372036854775807'),
  );
});

test('an answer that says nothing about ICE cannot be built upon', async () => {
  const key = { secret: 'AAAA', tag: 'tag' };
  await assert.rejects(selfMadeAnswer({ offer, lastAnswer: 'v=0\r\n', key, generation: 1, subtle }), { code: 'negotiation' });
  await assert.rejects(selfMadeAnswer({ offer: 'v=0\r\n', lastAnswer, key, generation: 1, subtle }), { code: 'negotiation' });
});
