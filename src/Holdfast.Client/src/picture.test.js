import assert from 'node:assert/strict';
import { test } from 'node:test';
import { noPictureIn } from './picture.js';

const audio = 'm=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=sendonly\r\n';
const vp8 = 'm=video 9 UDP/TLS/RTP/SAVPF 96\r\na=rtpmap:96 VP8/90000\r\na=recvonly\r\n';
const h264 = 'm=video 9 UDP/TLS/RTP/SAVPF 102\r\na=rtpmap:102 H264/90000\r\na=recvonly\r\n';
const sending = vp8.replace('recvonly', 'sendonly');

test('a picture comes where the answer sends one', () => {
  assert.equal(noPictureIn(audio + vp8, audio + sending), null);
});

test('a refused, inactive or receiving section brings none; why is in the offer', () => {
  for (const answer of [sending.replace('video 9', 'video 0'), sending.replace('sendonly', 'inactive'), sending.replace('sendonly', 'recvonly')]) {
    assert.equal(noPictureIn(audio + h264, audio + answer), 'codec');
    assert.equal(noPictureIn(audio + vp8, audio + answer), 'refused');
  }
});
