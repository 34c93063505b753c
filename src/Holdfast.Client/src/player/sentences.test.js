import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { HoldfastError } from '../errors.js';
import { graceWords } from './durations.js';
import { structure } from './structure.js';
import { describe } from './timeline-bar.js';
import { errorText, texts } from './texts.js';
import { DUE_AFTER_MS, MISSING_AFTER_MS, noticeOf, viewOf } from './view.js';
import { noticeText, sentences, textOf } from './wording.js';

// Every sentence that the player can show, beside the state in which it is shown. Whoever adds one, adds its state; whoever changes a
// state, reads its sentences here and asks whether they are true in it.

const kept = { attempt: 1, sessionId: 1, generation: 1, missed: 0, graceMs: 300_000 };
const since = { since: 0, expiresAt: 300_000, heardAt: 5_000 };
const idle = { status: 'idle', attempt: 0 };
const starting = (step) => ({ status: 'starting', attempt: 1, step, since: 0, sessionId: null, generation: 0, graceMs: 0 });
const connected = (more = {}) => ({ status: 'connected', ...kept, since: 0, resumed: null, ...more });
const interrupted = (word) => ({ status: 'interrupted', ...kept, ...since, word, reason: 'silent' });
const held = (reason, word = 'kept', code = null) => ({ status: 'held', ...kept, ...since, word, reason, problem: code ? new HoldfastError(code, 'x') : null });
const climbing = (level, by = 'person') => ({ status: 'reconnecting', ...kept, ...since, word: 'kept', reason: 'silent', level, by });
const ended = (reason, why = null) => ({ status: 'ended', attempt: 1, sessionId: 1, reason, why });
const failed = (code, more = {}) => ({ status: 'error', attempt: 1, error: new HoldfastError(code, 'x', more) });

const pill = (state, context) => (words) => words[viewOf(state, context).status];
const panel = (state, context = {}) => (words) => sentences(viewOf(state, context), words);
const place = (state) => (words) => textOf(viewOf(state), words, { place: '你好' });
const button = (state, which) => (words) => words[viewOf(state)[which]];
const toast = (state, previous, policy) => (words) => noticeText(noticeOf(state, previous, policy), words);
const fails = (code, more) => (words) => errorText(words, new HoldfastError(code, 'x', more));
const bar = (kind, reason = null, more = {}) => (words) => describe({ kind, from: 0, to: null, reason: reason && `timeline.reason.${reason}`, tries: 0, level: null, ...more }, { words, lasted: 1_000, began: 'x' });
/** Stands there whatever the state is. */
const always = (key) => (words) => {
  assert.ok(JSON.stringify(structure).includes(`"${key}"`), key);
  return words[key];
};
/** Told by whoever follows the conversation. */
const doing = (activity) => async (words) => {
  assert.ok((await readFile(new URL('face.js', import.meta.url), 'utf8')).includes('`activity.${activity'));
  return words[`activity.${activity}`];
};
/** Told by the journal. */
const thin = (quality) => async (words) => {
  assert.ok((await readFile(new URL('face.js', import.meta.url), 'utf8')).includes('`line.${note'));
  return words[`line.${quality}`];
};
/** Said by a method of the element, or of the volume, which ask for a browser: it is looked up that they do. */
const by = (file, key) => async (words) => {
  assert.ok((await readFile(new URL(file, import.meta.url), 'utf8')).includes(`'${key}'`), key);
  return words[key];
};

/** @type {[key: string, when: string, show: (words: any) => unknown][]} */
const list = [
  ['status.idle', 'nothing was started', pill(idle)],
  ['status.starting', 'a start goes on', pill(starting('offering'))],
  ['status.connected', 'sound and pictures arrive', pill(connected())],
  ['status.sound', 'sound arrives, and the answer has refused the picture', pill(connected(), { noPicture: 'codec' })],
  ['status.unreachable', 'sound and pictures arrive; three heartbeats were not answered', pill(connected({ missed: 3 }))],
  ['status.interrupted', 'nothing has arrived for more than a second', pill(interrupted('asking'))],
  ['status.held', 'nothing arrives; the server has said that it keeps the session', pill(held('silent'))],
  ['status.asking', 'nothing arrives; the server is being asked', pill(held('closed', 'asking'))],
  ['status.unheard', 'nothing arrives; the server was asked and did not answer', pill(held('silent', 'none'))],
  ['status.due', 'the time is over, and the server does not say whether the session is', pill(held('silent', 'none'), { now: 300_000 + DUE_AFTER_MS })],
  ['status.elsewhere', 'another tab of this browser says that it has the session', pill(held('elsewhere'))],
  ['status.reconnecting', 'the ladder is climbed', pill(climbing(1))],
  ['status.stopping', 'the person has hung up, and the server is told', pill({ status: 'stopping', attempt: 1, sessionId: 1 })],
  ['status.stopped', 'the person has hung up', pill(ended('stopped'))],
  ['status.expired', 'the server says graceOver or heldTooLong', pill(ended('expired', 'graceOver'))],
  ['status.closed', 'the server says that it was closed', pill(ended('closed', 'closedByOwner'))],
  ['status.replaced', 'the server says that another client has it, and no tab of this browser does', pill(ended('replaced'))],
  ['status.gone', 'the server knows no such session', pill(ended('gone'))],
  ['status.error', 'a start did not work', pill(failed('network'))],
  ['status.full', 'a start; every place is taken', pill(failed('full'))],
  ['status.waiting', 'the same, and the person waits for one', pill(failed('full'), { waitsUntil: 5_000 })],

  ['lobby.title', 'nothing was started', panel(idle)],
  ['lobby.text', 'nothing was started', panel(idle)],
  ['lobby.again', 'the person has hung up', panel(ended('stopped'))],
  ['lobby.again.text', 'the person has hung up', panel(ended('stopped'))],
  ['lobby.error', 'a start did not work', panel(failed('network'))],
  ['full.title', 'a start; every place is taken', panel(failed('full'))],
  ['full.waiting.title', 'the same, and the person waits for one', panel(failed('full'), { waitsUntil: 5_000 })],
  ['full.waiting', 'the same', panel(failed('full'), { waitsUntil: 5_000 })],
  ['full.asking', 'the same, and the server is being asked', panel(starting('requesting'), { waitsUntil: 5_000 })],
  ['start', 'nothing was started', button(idle, 'start')],
  ['start.again', 'the person has hung up', button(ended('stopped'), 'start')],
  ['start.retry', 'a start did not work', button(failed('network'), 'start')],
  ['start.wait', 'a start; every place is taken', button(failed('full'), 'start')],
  ['start.leave', 'the same, and the person waits for one', (words) => words[viewOf(failed('full'), { waitsUntil: 5_000 }).start]],
  ['start.anew', 'the session is lost', button(ended('expired'), 'start')],
  ['starting.offering', 'the browser describes itself', panel(starting('offering'))],
  ['starting.requesting', 'the server is asked', panel(starting('requesting'))],
  ['starting.connecting', 'the server has answered; the path is built', panel(starting('connecting'))],

  ['sound.title', 'sound arrives, and the answer has refused the picture', panel(connected(), { noPicture: 'codec' })],
  ['sound.codec', 'the offer had no VP8', panel(connected(), { noPicture: 'codec' })],
  ['sound.refused', 'the offer had VP8', panel(connected(), { noPicture: 'refused' })],
  ['interrupted.title', 'nothing has arrived for more than a second; it may heal', panel(interrupted('kept'))],
  ['unreachable.title', 'sound and pictures arrive; three heartbeats were not answered', panel(connected({ missed: 3 }))],
  ['asking.title', 'nothing arrives; the server is being asked', panel(held('closed', 'asking'))],
  ['asking.text', 'nothing arrives; the server is being asked', panel(held('closed', 'asking'))],
  ['unheard.title', 'the server was asked and did not answer', panel(held('silent', 'none'))],
  ['unheard.text', 'since the last that was heard; until the grace period after it, or what the server said', panel(held('silent', 'none'))],
  ['unheard.manual', 'the same, and the person decides', panel(held('silent', 'none'))],
  ['held.title', 'the server has said since the loss that it keeps the session', panel(held('silent'))],
  ['held.silent', 'and nothing has arrived for 10 s', panel(held('silent'))],
  ['held.failed', 'and the browser gave the connection up', panel(held('failed'))],
  ['held.closed', 'and the connection was ended from the other side', panel(held('closed'))],
  ['held.reloaded', 'and this page has found it in the tab’s storage', panel(held('reloaded'))],
  ['held.place', 'and it is known where speech broke off', place(held('silent'))],
  ['held.assisted', 'and the policy is assisted', panel(held('silent'), { policy: 'assisted' })],
  ['held.auto', 'and the policy is auto, until the time is over', panel(held('silent'), { policy: 'auto' })],
  ['held.restarting.title', 'the journal says that the server stops and keeps the session, less than a minute ago', panel(held('restarting', 'none'), { now: 5_000 })],
  ['held.restarting', 'the same', panel(held('restarting', 'none'), { now: 5_000 })],
  ['missing.title', 'the same, more than a minute ago, and nothing was heard since', panel(held('restarting', 'none'), { now: 5_000 + MISSING_AFTER_MS })],
  ['missing.text', 'the same', panel(held('restarting', 'none'), { now: 5_000 + MISSING_AFTER_MS })],
  ['held.restarted.title', 'the server has answered after that', panel(held('restarted'))],
  ['held.restarted', 'the same', panel(held('restarted'))],
  ['due.title', 'the time is over, and the server does not say whether the session is', panel(held('silent', 'none'), { now: 300_000 + DUE_AFTER_MS })],
  ['due.text', 'the same', panel(held('silent', 'none'), { now: 300_000 + DUE_AFTER_MS })],
  ['failed.title', 'an attempt failed, and the server has said that it keeps the session', panel(held('silent', 'kept', 'unreachable'))],
  ['failed.unheard.title', 'an attempt failed, and the server was not heard', panel(held('silent', 'none', 'network'))],
  ['elsewhere.title', 'another tab of this browser says that it has the session', panel(held('elsewhere'))],
  ['elsewhere.text', 'the same', panel(held('elsewhere'))],
  ['level.1', 'level 1 is tried', panel(climbing(1))],
  ['level.2', 'level 2 is tried', panel(climbing(2))],
  ['level.3', 'level 3 is tried', panel(climbing(3))],
  ['level.1.text', 'level 1 is tried', panel(climbing(1))],
  ['level.2.text', 'level 2 is tried', panel(climbing(2))],
  ['level.3.text', 'level 3 is tried', panel(climbing(3))],
  ['level.reload.text', 'this page has found the session in the tab’s storage', panel(climbing(3, 'reload'))],
  ['countdown.label', 'beside the ring, where the server has said that it keeps the session', by('face.js', 'countdown.label')],
  ['countdown.unheard', 'beside the ring, where it has not', by('face.js', 'countdown.unheard')],
  ['reconnect', 'nothing arrives', button(held('silent'), 'reconnect')],
  ['reconnect.here', 'another tab has the session', button(held('elsewhere'), 'reconnect')],

  ['over.expired', 'the server says graceOver or heldTooLong', panel(ended('expired', 'graceOver'))],
  ['over.expired.text', 'the same', panel(ended('expired', 'heldTooLong'))],
  ['over.closed', 'the server says that it was closed', panel(ended('closed', 'closedByOwner'))],
  ['over.closed.text', 'for a reason that a person can make nothing of', panel(ended('closed', 'handshakeFailed'))],
  ['over.closed.closedByOwner', 'whoever has its token has ended it, and not this page', panel(ended('closed', 'closedByOwner'))],
  ['over.closed.serverStopping', 'the server stopped, and the journal or the server says that the session is closed', panel(ended('closed', 'serverStopping'))],
  ['over.closed.showFailed', 'the server says showFailed', panel(ended('closed', 'showFailed'))],
  ['over.closed.faulted', 'the server says faulted', panel(ended('closed', 'faulted'))],
  ['over.replaced', 'the server says that another client has it', panel(ended('replaced'))],
  ['over.replaced.text', 'the same', panel(ended('replaced'))],
  ['over.gone', 'the server knows no such session', panel(ended('gone'))],
  ['over.gone.text', 'the same', panel(ended('gone'))],

  ['stage.label', 'always', always('stage.label')],
  ['dock.label', 'always', always('dock.label')],
  ['dock.volume', 'always', always('dock.volume')],
  ['dock.interrupt', 'a call', always('dock.interrupt')],
  ['dock.mute', 'it can be heard', by('loudness.js', 'dock.mute')],
  ['dock.unmute', 'it is muted', by('loudness.js', 'dock.unmute')],
  ['dock.stop', 'a call', button(connected(), 'stop')],
  ['dock.cancel', 'a start goes on', button(starting('offering'), 'stop')],
  ['dock.end', 'the session is held', button(held('silent'), 'stop')],
  ['sound.blocked', 'the browser does not let the sound play before a click', always('sound.blocked')],
  ['activity.hearing', 'a page that follows the conversation says that the person is heard', doing('hearing')],
  ['activity.thinking', 'the same: an answer is thought of', doing('thinking')],
  ['activity.speaking', 'the same: something is being said; or nobody follows the conversation, and a voice is heard', doing('speaking')],
  ['activity.listening', 'the same: the microphone is on', doing('listening')],

  ['line.reduced', 'the journal says that pictures are smaller or fewer', thin('reduced')],
  ['line.still', 'the journal says that the picture stands still, and the sound goes on', thin('still')],
  ['line.waits', 'the journal says that speech waits for its turn, and not yet that it began', thin('waits')],

  ['timeline.label', 'always', always('timeline.label')],
  ['timeline.starting', 'a start goes on', bar('starting')],
  ['timeline.connected', 'sound and pictures arrived', bar('connected')],
  ['timeline.unreachable', 'sound and pictures arrived, no answers', bar('unreachable', 'heartbeat')],
  ['timeline.interrupted', 'nothing arrived', bar('interrupted', 'silent')],
  ['timeline.held', 'nothing arrived for long', bar('held', 'silent')],
  ['timeline.lost', 'the session was lost', bar('lost', 'gone')],
  ['timeline.reason.silent', 'no packets came', bar('interrupted', 'silent')],
  ['timeline.reason.disconnected', 'the browser said so first', bar('interrupted', 'disconnected')],
  ['timeline.reason.failed', 'the browser gave up', bar('held', 'failed')],
  ['timeline.reason.closed', 'the connection was ended from the other side', bar('held', 'closed')],
  ['timeline.reason.restarting', 'the journal said that the server stops', bar('held', 'restarting')],
  ['timeline.reason.restarted', 'the server has answered after that', bar('held', 'restarted')],
  ['timeline.reason.reloaded', 'found in the tab’s storage', bar('held', 'reloaded')],
  ['timeline.reason.elsewhere', 'another tab has it', bar('held', 'elsewhere')],
  ['timeline.reason.heartbeat', 'three heartbeats were not answered', bar('unreachable', 'heartbeat')],
  ['timeline.reason.expired', 'the server said so', bar('lost', 'expired')],
  ['timeline.reason.over', 'the server said that it was closed', bar('lost', 'over')],
  ['timeline.reason.gone', 'the server knew no such session', bar('lost', 'gone')],
  ['timeline.tries', 'the ladder was climbed twice', bar('held', 'silent', { tries: 2 })],
  ['timeline.level', 'it came back at level 1', bar('connected', null, { level: 1 })],

  ['toast.starting', 'a start begins', toast(starting('offering'), idle)],
  ['toast.connected', 'the first connection is there', toast(connected(), starting('connecting'))],
  ['toast.recovered', 'media is back', toast(connected({ resumed: { level: 0, awayMs: 1 } }), interrupted('kept'))],
  ['toast.kept', 'the first word after a loss: the server keeps the session', toast(interrupted('kept'), interrupted('asking'))],
  ['toast.kept.auto', 'the same, and the policy is auto', toast(interrupted('kept'), interrupted('asking'), 'auto')],
  ['toast.unheard', 'the server was asked for the first time after a loss, and did not answer', toast(interrupted('none'), interrupted('asking'))],
  ['toast.failed', 'the browser gave the connection up', toast(held('failed', 'asking'), connected())],
  ['toast.failed.auto', 'the same, and the policy is auto', toast(held('failed', 'asking'), connected(), 'auto')],
  ['toast.restarting', 'the journal says that the server stops and keeps the session', toast(held('restarting'), connected())],
  ['toast.unreachable', 'the third heartbeat was not answered', toast(connected({ missed: 3 }), connected({ missed: 2 }))],
  ['toast.nosession', 'a reconnect is asked for where there is no session', by('element.js', 'toast.nosession')],
  ['toast.stopped', 'the person has hung up', toast(ended('stopped'), { status: 'stopping', attempt: 1, sessionId: 1 })],
  ['toast.silenced', 'the server has stopped at least one utterance', by('element.js', 'toast.silenced')],
  ['toast.nothing', 'the server has stopped none', by('element.js', 'toast.nothing')],

  ['error.network', 'a start or a climb; the server could not be asked', panel(failed('network'))],
  ['error.timeout', 'the same; no answer in time', panel(failed('timeout'))],
  ['error.full', 'a start; the server says that it is full', panel(failed('full', { retryAfterSeconds: 5 }))],
  ['error.restarting', 'a start or a climb; the server says that it stops', panel(failed('restarting'))],
  ['error.busy', 'a start, or a text; the server says 429', panel(failed('busy'))],
  ['error.wordless', 'a text of signs only, such as an emoji', panel(failed('wordless'))],
  ['error.refused', 'a start or a climb; the server says no, and why', panel(failed('refused', { detail: 'Why.' }))],
  ['error.sign-in', 'the server wants to know who starts a session', panel(failed('sign-in', { detail: 'Why.' }))],
  ['error.unauthorized', 'interrupt was pressed in a session that plays', fails('unauthorized')],
  ['error.gone', 'the same', fails('gone')],
  ['error.replaced', 'the same', fails('replaced')],
  ['error.contested', 'a climb; another page is coming back', panel(held('silent', 'kept', 'contested'))],
  ['error.server', 'a start; the server failed', panel(failed('server'))],
  ['error.foreign', 'a start; a page of HTML, a redirect, 401, 403', panel(failed('foreign', { status: 200 }))],
  ['error.foreign.missing', 'a start; 404 or 410 that are not the server’s', panel(failed('foreign', { status: 404 }))],
  ['error.foreign.down', 'a start; 502, 503, 504 of a proxy', panel(failed('foreign', { status: 502 }))],
  ['error.foreign.busy', 'a start; 429 of a proxy', panel(failed('foreign', { status: 429 }))],
  ['error.malformed', 'a start; the server’s own answer, of another version', panel(failed('malformed'))],
  ['error.unsupported', 'a start; the browser has no WebRTC', panel(failed('unsupported'))],
  ['error.negotiation', 'a start; the browser does not accept the answer', panel(failed('negotiation'))],
  ['error.unreachable', 'a start or a climb; the server has answered, and no media came', panel(failed('unreachable'))],
  ['error.elsewhere', 'a call; the server names another one, at no address that the token may go to', fails('elsewhere')],
  ['error.not-connected', 'interrupt was pressed while nothing arrives', fails('not-connected')],
  ['error.cancelled', 'a text that waited when the person hung up or interrupted', fails('cancelled')],

  ['duration.seconds', 'a grace period of 30 s', (words) => graceWords(30_000, words)],
  ['duration.minutes', 'a grace period of 5 minutes', (words) => graceWords(300_000, words)],
  ['duration.precise', 'the length of a segment', bar('held', 'silent')],
];

test('every sentence of the player is shown in the state that it is true in, in both languages, and none is never shown', async () => {
  for (const words of Object.values(texts)) {
    for (const [key, when, show] of list) {
      const used = new Set();
      const shown = await show(new Proxy(words, { get: (all, name) => (used.add(name), all[name]) }));
      assert.ok(used.has(key), `${key} is not shown: ${when}`);
      assert.ok(typeof shown === 'string' && shown !== '' && !/undefined|null|NaN/.test(shown), `${key}: ${shown}`);
    }
  }
  assert.deepEqual(list.map(([key]) => key).sort(), Object.keys(texts.en).sort());
});
