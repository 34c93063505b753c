import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HoldfastError } from '../../src/errors.js';
import { activityOf } from '../../../Holdfast.Server/wwwroot/js/activity.js';
import { fateOf, shownStatus, situationOf } from '../../../Holdfast.Server/wwwroot/js/fates.js';
import { noteOf } from '../../../Holdfast.Server/wwwroot/js/notes.js';
import { texts } from '../../../Holdfast.Server/wwwroot/js/texts.js';
import { pageFile } from './page-files.js';

// Every sentence of the page, beside the state in which it is shown; those of the player are in src/player/sentences.test.js.

const blank = { id: 'k', by: 'avatar', text: 'x', problem: '', fault: '', error: null, session: 1, utteranceId: null, turn: null, at: null, word: null, heard: null, again: null };
const line = (status, more = {}) => ({ ...blank, status, ...more });
const because = (code) => ({ error: new HoldfastError(code, 'x') });
const fate = (one, situation) => (words) => fateOf(one, situation, words, () => 'the sentence of the error');

const kept = { attempt: 1, sessionId: 1, generation: 1, missed: 0, graceMs: 300_000, since: 0, expiresAt: 1, heardAt: 0 };
const states = {
  idle: { status: 'idle', attempt: 0 },
  starting: { status: 'starting', attempt: 1 },
  connected: { status: 'connected', ...kept, resumed: null },
  back: { status: 'connected', ...kept, resumed: { level: 1, awayMs: 12_449 } },
  interrupted: { status: 'interrupted', ...kept, word: 'asking', reason: 'silent' },
  climbing: { status: 'reconnecting', ...kept, word: 'kept', reason: 'silent', level: 1, by: 'person' },
};
const held = (word, reason = 'silent') => ({ status: 'held', ...kept, word, reason, problem: null });
const ended = (reason) => ({ status: 'ended', attempt: 1, sessionId: 1, reason, why: null });
const note = (state, previous) => (words) => noteOf(state, previous, (t) => t['avatar.someone']).words(words);
const asks = (status) => line(status, { by: 'person' });
const now = (state, turns = {}, more = {}) => (words) => words[`now.${activityOf(state, { phase: 'quiet', isSpeaking: false, ...turns }, more)}`];
const html = (key) => async (words) => {
  assert.match(await pageFile('index.html'), new RegExp(`data-(?:text|label)="${key.replaceAll('.', '\\.')}"`));
  return words[key];
};
const by = (file, key, ...parameters) => async (words) => {
  assert.ok((await pageFile(`js/${file}`)).includes(key.replace(/\.(manual|assisted|auto)\.text$/, '.')), key);
  return typeof words[key] === 'function' ? words[key](...parameters) : String(words[key.endsWith('.') ? key + parameters[0] : key]);
};

/** @type {[key: string, when: string, show: (words: any) => unknown][]} */
const list = [
  ['line.waiting.before', 'said before a session was started', fate(line('waiting'), 'before')],
  ['line.waiting.turn', 'sound and pictures arrive; another text is before it', fate(line('waiting'), 'here')],
  ['line.waiting.away', 'nothing arrives', fate(line('waiting', because('not-connected')), 'away')],
  ['line.waiting.over', 'the session was lost before it was sent', fate(line('waiting'), 'over')],
  ['line.waiting.busy', 'the server says too-much-to-say', fate(line('waiting', because('busy')), 'here')],
  ['line.waiting.again', 'sound and pictures arrive; it was sent in vain and is sent again', fate(line('waiting', because('network')), 'here')],
  ['line.why.unanswered', 'the same: no answer', fate(line('waiting', because('timeout')), 'here')],
  ['line.why.foreign', 'the same: somebody else answered', fate(line('waiting', because('foreign')), 'here')],
  ['line.why.server', 'the same: the server failed', fate(line('waiting', because('server')), 'here')],
  ['line.why.restarting', 'the same: the server says that it stops', fate(line('waiting', because('restarting')), 'here')],
  ['line.why.other', 'the same: the server says that it cannot now', fate(line('waiting', because('gone')), 'here')],
  ['line.waits', 'the server has the question; another is being answered', fate(asks('queued'), 'here')],
  ['line.waits.away', 'the server has the question; nothing arrives', fate(asks('queued'), 'away')],
  ['line.skipped', 'silence was wanted, or the session ended, before its turn', fate(asks('skipped'), 'here')],
  ['line.modelFailed', 'the journal says modelFailed of its turn', by('bubble.js', 'line.modelFailed')],
  ['mic.label', 'beside where one writes, connected', html('mic.label')],
  ['mic.on', 'beside where one writes, connected', by('microphone.js', 'mic.on')],
  ['mic.off', 'the microphone is on', by('microphone.js', 'mic.off')],
  ['mic.unheard', 'it is clicked, and the server says that it has no recogniser', by('microphone.js', 'mic.unheard')],
  ['mic.insecure', 'the browser has no getUserMedia', by('microphone.js', 'mic.insecure')],
  ['mic.denied', 'getUserMedia: NotAllowedError', by('microphone.js', 'mic.denied')],
  ['mic.missing', 'getUserMedia: NotFoundError', by('microphone.js', 'mic.missing')],
  ['mic.failed', 'it failed in another way', by('microphone.js', 'mic.failed')],
  ['mic.gone', 'the device was pulled out, or the permission taken back', by('microphone.js', 'mic.gone')],
  ['mic.lost', 'what was said into a dead connection could not be sent', by('microphone.js', 'mic.lost')],
  ['mic.hold', 'the microphone is on, by a button', by('hold-button.js', 'mic.hold')],
  ['mic.holding', 'the button is held', by('hold-button.js', 'mic.holding')],
  ['mic.hold.label', 'the same', html('mic.hold.label')],
  ['mic.ears', 'the server has no recogniser, and the browser has one', by('listening.js', 'mic.ears')],
  ['mic.ears.use', 'the same', by('listening.js', 'mic.ears.use')],
  ['mic.ears.failed', 'the browser’s recognition says that it cannot', by('browser-ears.js', 'mic.ears.failed')],
  ['line.withdraw', 'it waits', by('bubble.js', 'line.withdraw')],
  ['line.sending', 'the server is being told', fate(line('sending'), 'here')],
  ['line.queued', 'the server has it, and has not begun', fate(line('queued'), 'here')],
  ['line.speaking', 'its sound is sent, and arrives', fate(line('speaking'), 'here')],
  ['line.paused', 'its sound was sent, and nothing arrives: the server holds it (gapPolicy pause, which the page asks for)', fate(line('speaking'), 'away')],
  ['line.said', 'the journal says finished', fate(line('said'), 'here')],
  ['line.stopped', 'the journal says interrupted', fate(line('stopped'), 'here')],
  ['line.dropped', 'the journal says dropped', fate(line('dropped'), 'here')],
  ['line.unknown', 'the session ended while it was said or waited to be', fate(line('unknown'), 'over')],
  ['line.failed.voiceMissing', 'the journal says failed, voiceMissing', fate(line('failed', { fault: 'voiceMissing' }), 'here')],
  ['line.failed.voiceFailed', 'voiceFailed', fate(line('failed', { fault: 'voiceFailed' }), 'here')],
  ['line.failed.voiceTooSlow', 'voiceTooSlow', fate(line('failed', { fault: 'voiceTooSlow' }), 'here')],
  ['line.failed.noSound', 'noSound', fate(line('failed', { fault: 'noSound' }), 'here')],
  ['line.failed.lost', 'lost', fate(line('failed', { fault: 'lost' }), 'here')],
  ['line.failed.notTaken', 'notTaken', fate(line('failed', { fault: 'notTaken' }), 'here')],
  ['line.failed.other', 'another word, and no sentence of the server’s', fate(line('failed', { fault: 'new' }), 'here')],
  ['line.retry', 'it was refused', by('bubble.js', 'line.retry')],

  ['note.connected', 'the first connection is there', note(states.connected, states.starting)],
  ['note.interrupted', 'nothing has arrived for more than a second', note(states.interrupted, states.connected)],
  ['note.lost', 'nothing arrives; the server is being asked', note(held('asking', 'closed'), states.connected)],
  ['note.held', 'nothing arrives; the server has said that it keeps the session', note(held('kept'), states.interrupted)],
  ['note.unheard', 'nothing arrives; the server was asked and did not answer', note(held('none'), held('asking'))],
  ['note.restarting', 'the journal says that the server stops and keeps the session', note(held('kept', 'restarting'), states.connected)],
  ['note.recovered', 'media is back', note(states.back, states.climbing)],
  ['note.resumed', 'the journal says where speech goes on', by('dialogue.js', 'note.resumed', '12.4', '你好 hello')],
  ['note.missed', 'the journal says that entries are gone', by('dialogue.js', 'note.missed', 3)],
  ['note.left', 'a new session is started in the place of one that was held', note(states.starting, held('kept'))],
  ['note.stopped', 'the person has hung up', note(ended('stopped'), states.connected)],
  ['note.expired', 'the server says that the time was over', note(ended('expired'), held('kept'))],
  ['note.closed', 'the server says that it was closed', note(ended('closed'), states.connected)],
  ['note.replaced', 'another client has it', note(ended('replaced'), held('kept'))],
  ['note.gone', 'the server knows no such session', note(ended('gone'), held('kept'))],
  ['note.displaced', 'a newer reader of the journal took this page’s place', by('dialogue.js', 'note.displaced')],
  ['note.follow', 'the same', by('dialogue.js', 'note.follow')],
  ['avatar.someone', 'connected before the list of avatars was read', note(states.connected, states.starting)],

  ['talk.placeholder.chat', 'sound and pictures arrive; what is written is answered', by('composer.js', 'talk.placeholder.chat')],
  ['talk.placeholder.echo', 'the same; it is said as it is', by('composer.js', 'talk.placeholder.echo')],
  ['talk.placeholder.away', 'nothing arrives: what is said waits', by('composer.js', 'talk.placeholder.away')],
  ['talk.placeholder.offline', 'there is no session: what is said waits for one', by('composer.js', 'talk.placeholder.offline')],
  ['talk.samples.chat', 'what is written is answered', by('composer.js', 'talk.samples.chat')],
  ['talk.samples.echo', 'what is written is said as it is', by('composer.js', 'talk.samples.echo')],
  ['talk.empty', 'nothing was said yet; what is written is answered', by('companion.js', 'talk.empty')],
  ['talk.empty.echo', 'the same; it is said as it is', by('companion.js', 'talk.empty.echo')],
  ['talk.you', 'beside each bubble of the person’s', by('bubble.js', 'talk.you')],
  ['talk.they', 'beside each bubble of the avatar’s', by('bubble.js', 'talk.they')],
  ['talk.latency', 'the first sound of the last answer was sent', by('talk.js', 'talk.latency', '0.9', '0.4')],
  ['talk.file', 'the name of what is saved', by('dialogue.js', 'talk.file')],
  ['choice.voice.own', 'each face has a voice of its own', by('choices.js', 'choice.voice.own')],
  ['choice.voice.female', 'the server has it', by('choices.js', 'choice.voice.', 'female')],
  ['choice.voice.male', 'the server has it', by('choices.js', 'choice.voice.', 'male')],
  ['choice.speed.slow', 'the server has voices', by('choices.js', 'choice.speed.', 'slow')],
  ['choice.speed.usual', 'the server has voices', by('choices.js', 'choice.speed.', 'usual')],
  ['choice.speed.fast', 'the server has voices', by('choices.js', 'choice.speed.', 'fast')],
  ['choice.speed.veryFast', 'the server has voices', by('choices.js', 'choice.speed.', 'veryFast')],
  ['choice.microphone.own', 'there are several microphones', by('microphone.js', 'choice.microphone.own')],
  ['companion.offline.text', 'the server says that the model is its own companion', by('companion.js', 'companion.offline.text')],
  ['now.none', 'no session', now(states.idle)],
  ['now.starting', 'a start goes on', now(states.starting)],
  ['now.lost', 'nothing arrives', now(states.interrupted, { phase: 'speaking', isSpeaking: true })],
  ['now.held', 'nothing arrives; the server has said that it keeps the session', now(held('kept'), { phase: 'speaking', isSpeaking: true })],
  ['now.keeping', 'nothing arrives, and what the person says is recorded', now(states.interrupted, {}, { keeping: 'keeping' })],
  ['now.full', 'the same; there is no room for more', now(held('kept'), {}, { keeping: 'full' })],
  ['now.elsewhere', 'another tab has the session', now(held('kept', 'elsewhere'))],
  ['now.reconnecting', 'the ladder is climbed', now(states.climbing)],
  ['now.over', 'it has ended', now(ended('expired'))],
  ['now.unfollowed', 'a newer reader of the journal took this page’s place', now(states.connected, {}, { isDisplaced: true })],
  ['now.hearing', 'the journal says that the person is speaking; what the avatar says stands still', now(states.connected, { phase: 'hearing', isSpeaking: true })],
  ['now.thinking', 'the model is asked, and nothing is being said', now(states.connected, { phase: 'thinking' })],
  ['now.speaking', 'an utterance was begun and not ended', now(states.connected, { phase: 'speaking', isSpeaking: true })],
  ['now.listening', 'nobody speaks; the microphone is on, and somebody listens', now(states.connected, {}, { isListening: true })],
  ['now.ready', 'nobody speaks, nothing waits', now(states.connected)],
  ['toast.avatars', 'the list of avatars could not be read, for the first time', by('main.js', 'toast.avatars')],
  ['settings.coming', 'the settings were opened before they were loaded', html('settings.coming')],
  ['toast.later', 'something was clicked that had to be loaded, and could not be', by('main.js', 'toast.later')],
  ['page.title', 'always', by('main.js', 'page.title')],
  ['status.roundtrip', 'connected, and the browser says how long it is', by('main.js', 'status.roundtrip', 20)],
  ['plug.label', 'a session, with a server in Development', by('plug.js', 'plug.label')],
  ['plug.seconds', 'the same', by('plug.js', 'plug.seconds', 5)],
  ['plug.button', 'the same', by('plug.js', 'plug.button', 5)],
  ['plug.pulled', 'the server has said that it loses everything, and for how long', by('plug.js', 'plug.pulled', 5)],
  ['settings.policy.manual.text', 'chosen', by('settings.js', 'settings.policy.manual.text')],
  ['settings.policy.assisted.text', 'chosen', by('settings.js', 'settings.policy.assisted.text')],
  ['settings.policy.auto.text', 'chosen', by('settings.js', 'settings.policy.auto.text')],
  ['settings.none', 'there is no connection', by('settings.js', 'settings.none')],
  ...['page.skip', 'header.language', 'header.language.label', 'header.settings', 'lobby.choose', 'talk.title', 'talk.log', 'talk.samples', 'talk.input', 'companion.offline', 'header.fullscreen', 'talk.export', 'choice.avatar', 'choice.voice', 'choice.speed', 'choice.model', 'choice.microphone', 'settings.listening', 'settings.listening.handsFree', 'settings.listening.pushToTalk', 'settings.latency', 'settings.mode', 'settings.mode.chat', 'settings.mode.echo', 'talk.send',
    'talk.hint', 'settings.title', 'settings.close', 'settings.language', 'settings.theme', 'settings.theme.system', 'settings.theme.light', 'settings.theme.dark', 'settings.policy',
    'settings.policy.manual', 'settings.policy.assisted', 'settings.policy.auto', 'settings.subtitles', 'settings.volume', 'settings.connection', 'settings.session',
    'settings.roundtrip', 'settings.picture', 'settings.loss'].map((key) => /** @type {any} */ ([key, 'always', html(key)])),
];

test('every sentence of the page is shown in the state that it is true in, in both languages, and none is never shown', async () => {
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

test('nothing is said to be spoken while nobody can hear it', () => {
  for (const [name, state] of Object.entries({ ...states, held: held('kept'), none: held('none'), ended: ended('expired') })) {
    const status = shownStatus(line('speaking'), situationOf(state));
    assert.equal(status, state.status === 'connected' ? 'speaking' : 'paused', name);
    assert.equal(activityOf(state, { phase: 'speaking', isSpeaking: true }) === 'speaking', state.status === 'connected', name);
  }
});

test('an error that a person can do something about is told in its own words', () => {
  assert.equal(fate(line('failed', because('refused')), 'here')(texts.en), 'the sentence of the error');
  assert.equal(fate(line('failed', { fault: 'new', problem: 'A sentence of the server.' }), 'here')(texts.en), 'A sentence of the server.');
});
