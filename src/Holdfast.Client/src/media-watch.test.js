import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MediaWatch } from './media-watch.js';

/** Looks every so often at a path with these rates; gives the verdicts with their times. */
function look(watch, { from, until, every, audioRate, videoRate, counts }) {
  const verdicts = [];
  for (let at = from; at <= until; at += every) {
    counts.audioPackets += (audioRate * every) / 1000;
    counts.videoPackets += (videoRate * every) / 1000;
    verdicts.push([at, watch.sample(at, { audioPackets: Math.floor(counts.audioPackets), videoPackets: Math.floor(counts.videoPackets) })]);
  }
  return verdicts;
}

const when = (verdicts, verdict) => verdicts.find(([, it]) => it === verdict)?.[0];

test('a path that dies is known for dead in well under 1.5 s, and since when', () => {
  const counts = { audioPackets: 0, videoPackets: 0 };
  const watch = new MediaWatch(0);
  look(watch, { from: 0, until: 5_000, every: 250, audioRate: 50, videoRate: 60, counts });
  assert.equal(watch.lastArrival, 5_000);
  const verdicts = look(watch, { from: 5_250, until: 9_000, every: 250, audioRate: 0, videoRate: 0, counts });
  const noticed = when(verdicts, 'silent');
  assert.ok(noticed - 5_000 >= 750 && noticed - 5_000 <= 1_250, `noticed after ${noticed - 5_000} ms`);
  assert.equal(watch.lastArrival, 5_000);
});

test('a server that only asks (5 silent packets a second) is not media', () => {
  const counts = { audioPackets: 0, videoPackets: 0 };
  const watch = new MediaWatch(0);
  const verdicts = look(watch, { from: 0, until: 5_000, every: 100, audioRate: 5, videoRate: 0, counts });
  assert.equal(when(verdicts, 'flowing'), undefined);
  assert.ok(when(verdicts, 'silent') <= 1_200);
});

test('media that returns is known within a few looks: by pictures, or by sound alone', () => {
  for (const [audioRate, videoRate] of [[50, 60], [0, 60], [50, 0]]) {
    const counts = { audioPackets: 0, videoPackets: 0 };
    const watch = new MediaWatch(0);
    look(watch, { from: 0, until: 3_000, every: 100, audioRate: 0, videoRate: 0, counts });
    const back = when(look(watch, { from: 3_100, until: 5_000, every: 100, audioRate, videoRate, counts }), 'flowing');
    assert.ok(back <= 3_200, `${audioRate}/${videoRate}: ${back}`);
  }
});

test('20 % of loss, or a sound-only show, does not look like silence', () => {
  for (const [audioRate, videoRate] of [[40, 48], [50, 0]]) {
    const verdicts = look(new MediaWatch(0), { from: 0, until: 20_000, every: 250, audioRate, videoRate, counts: { audioPackets: 0, videoPackets: 0 } });
    assert.equal(when(verdicts, 'silent'), undefined);
  }
});

test('looked at rarely, as in a hidden tab, it takes two looks and no longer', () => {
  const counts = { audioPackets: 0, videoPackets: 0 };
  const watch = new MediaWatch(0);
  look(watch, { from: 0, until: 5_000, every: 1_000, audioRate: 50, videoRate: 60, counts });
  const verdicts = look(watch, { from: 6_000, until: 9_000, every: 1_000, audioRate: 0, videoRate: 0, counts });
  assert.ok(when(verdicts, 'silent') <= 7_000);
});

test('until a second has passed, nothing is said about a path that has brought nothing', () => {
  const verdicts = look(new MediaWatch(0), { from: 0, until: 900, every: 50, audioRate: 0, videoRate: 0, counts: { audioPackets: 0, videoPackets: 0 } });
  assert.ok(verdicts.every(([, verdict]) => verdict === 'unknown'));
});
