import assert from 'node:assert/strict';
import { test } from 'node:test';
import { summarize } from './statistics.js';

const media = [
  ['a', { type: 'inbound-rtp', kind: 'audio', packetsReceived: 500, packetsLost: 1 }],
  ['v', { type: 'inbound-rtp', kind: 'video', packetsReceived: 1000, packetsLost: 2, framesPerSecond: 25, frameWidth: 512, frameHeight: 512, framesDecoded: 250, freezeCount: 0 }],
];

test('the round trip is that of the pair in use, as Chromium and as Firefox name it', () => {
  const idle = ['other', { type: 'candidate-pair', currentRoundTripTime: 9 }];
  const chromium = [idle, ['p', { type: 'candidate-pair', currentRoundTripTime: 0.024 }], ['t', { type: 'transport', selectedCandidatePairId: 'p' }], ...media];
  const firefox = [idle, ['p', { type: 'candidate-pair', selected: true, currentRoundTripTime: 0.024 }], ...media];
  assert.equal(summarize(chromium).roundTripMs, 24);
  assert.equal(summarize(firefox).roundTripMs, 24);
});

test('sound and picture are counted together, the picture is described', () => {
  assert.deepEqual(summarize(media), {
    roundTripMs: null,
    framesPerSecond: 25,
    width: 512,
    height: 512,
    framesDecoded: 250,
    packetsReceived: 1500,
    packetsLost: 3,
    freezeCount: 0,
  });
});

test('an empty report is no error', () => {
  assert.equal(summarize([]).roundTripMs, null);
  assert.equal(summarize([]).packetsLost, 0);
});
