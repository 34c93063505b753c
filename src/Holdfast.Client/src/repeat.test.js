import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withSoundSentAgain } from './repeat.js';

/** @param {string} direction @param {string} more */
const offer = (direction, more = '') =>
  `v=0\r\ns=-\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111 63\r\na=mid:0\r\na=${direction}\r\na=rtpmap:111 opus/48000/2\r\n${more}a=rtcp-fb:111 transport-cc\r\na=rtpmap:63 red/48000/2\r\nm=video 9 UDP/TLS/RTP/SAVPF 96\r\na=sendrecv\r\na=rtpmap:96 VP8/90000\r\n`;

for (const direction of ['sendrecv', 'sendonly']) {
  test(`a microphone that is ${direction} may be asked for again`, () => {
    assert.equal(withSoundSentAgain(offer(direction)), offer(direction, 'a=rtcp-fb:111 nack\r\n'));
  });
}

for (const direction of ['recvonly', 'inactive']) {
  test(`where the sound is ${direction} nothing is promised`, () => {
    assert.equal(withSoundSentAgain(offer(direction)), offer(direction));
  });
}

test('what a browser offers itself is not said twice', () => {
  for (const own of ['a=rtcp-fb:111 nack\r\n', 'a=rtcp-fb:* nack\r\n']) {
    assert.equal(withSoundSentAgain(offer('sendrecv', own)), offer('sendrecv', own));
  }
});

test('another feedback that begins with the same word is another one', () => {
  assert.equal(withSoundSentAgain(offer('sendrecv', 'a=rtcp-fb:111 nack pli\r\n')), offer('sendrecv', 'a=rtcp-fb:111 nack\r\na=rtcp-fb:111 nack pli\r\n'));
});
