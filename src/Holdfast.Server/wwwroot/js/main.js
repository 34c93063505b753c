import { isAway } from '../holdfast/index.js';
import '../holdfast/player.js';
import { AvatarPicker } from './avatars.js';
import { Choices } from './choices.js';
import { Companion } from './companion.js';
import { Composer } from './composer.js';
import { Conversation } from './conversation.js';
import { element, localize } from './dom.js';
import { situationOf } from './fates.js';
import { bring } from './languages.js';
import { Listening } from './listening.js';
import { noteOf } from './notes.js';
import { Plug } from './plug.js';
import { Preferences } from './preferences.js';
import { seen } from './seen.js';
import { Settings } from './settings.js';
import { Talk } from './talk.js';
import { texts } from './texts.js';
import { ticketIn } from './ticket.js';
import { save, transcriptOf } from './transcript.js';

/** @typedef {import('../holdfast/player.js').HoldfastPlayer} HoldfastPlayer */
/** @typedef {import('../holdfast/index.js').SessionState} SessionState */

const player = /** @type {HoldfastPlayer} */ (element('player', HTMLElement));
const preferences = new Preferences(storage(), navigator.language);
const settings = new Settings(preferences, (language) => void speak(language));
const conversation = new Conversation(words(), {
  retry: (line) => player.session.outbox.retry(line.id),
  withdraw: (line) => void player.session.outbox.withdraw(line.id),
  hasFailed,
});
const listening = new Listening(player, preferences, conversation, words, () => companion.mode, render);
const talk = new Talk(player, conversation, preferences, words, () => listening.isHeard);
const companion = new Companion(player.session.api, preferences, words);
const composer = new Composer(player, words, () => companion.mode);
const choices = new Choices(player, preferences, words);
const plug = new Plug(player, words);
const avatars = new AvatarPicker((name, small) => player.session.api.previewUrl(name, { small }), (name) => preferences.set({ avatar: name }));
const dark = matchMedia('(prefers-color-scheme: dark)');

/** When the list of avatars is asked for again. */
const AVATARS_PAUSES_MS = [1_000, 3_000, 10_000, 30_000];

/** @type {import('../holdfast/index.js').ConnectionStatistics | null} */
let statistics = null;
let renderedLanguage = '';

player.addEventListener('statechange', (event) => {
  const { state, previous } = /** @type {import('../holdfast/index.js').SessionStateEvent} */ (event);
  if (state.status !== 'connected') statistics = null;
  follow(state, previous);
  render();
});
player.addEventListener('viewchange', render);
player.addEventListener('statistics', (event) => {
  statistics = /** @type {import('../holdfast/index.js').SessionStatisticsEvent} */ (event).statistics;
  renderStatistics();
});
player.addEventListener('volumechange', () => preferences.set({ volume: player.volume, muted: player.muted }));
player.addEventListener('level', (event) => {
  // On what shows it and on nothing above: a property of the root has the style of the whole page worked out anew.
  const bars = document.querySelector('.line[data-status="speaking"] .bars');
  if (bars instanceof HTMLElement) bars.style.setProperty('--level', /** @type {CustomEvent} */ (event).detail.level.toFixed(2));
});
player.addEventListener('speechinterrupt', () => {
  conversation.endOpen('stopped');
  talk.render();
});
preferences.addEventListener('change', renderAll);
companion.addEventListener('change', () => {
  choices.offer({ models: companion.models });
  render();
});
player.session.addEventListener('journal', (event) => {
  const { kind } = /** @type {import('../holdfast/index.js').SessionJournalEvent} */ (event).entry;
  // Who answers may be another, and there is something to save.
  if (kind === 'turnStarted' || kind === 'accepted') render();
});
element('export', HTMLButtonElement).addEventListener('click', () => save(transcriptOf(conversation.entries, words()), words()['talk.file']));
// A narrow header has no room for it: there it is among the settings.
for (const id of ['full-screen', 'settings-full-screen']) {
  const button = element(id, HTMLButtonElement);
  button.hidden = !document.fullscreenEnabled;
  button.addEventListener('click', () => {
    // Refused by the browser, it changes nothing.
    void (document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen()).catch(() => {});
  });
}
dark.addEventListener('change', renderAll);

player.session.addEventListener('displaced', () => {
  const run = () => void player.session.takeBack();
  conversation.note({ tone: 'quiet', words: (t) => t['note.displaced'], outage: null, action: { label: 'note.follow', run } });
});

takeTicket();
renderAll();
void offerAvatars();

/**
 * Goes over to another language, once its texts are there.
 * @param {import('./preferences.js').Language} language
 */
async function speak(language) {
  try {
    await bring(language);
    preferences.set({ language });
  } catch {
    player.notify(words()['toast.language']);
    settings.render(words());
  }
}

function words() {
  return texts[preferences.values.language];
}

/**
 * Whether the model failed in a turn.
 * @param {number} turn
 * @returns {boolean}
 */
function hasFailed(turn) {
  return talk.turns.failed.has(turn);
}

/** @param {number} [tries] before */
async function offerAvatars(tries = 0) {
  try {
    const list = await player.avatars();
    avatars.offer(list.avatars, preferences.values.avatar, list.default);
    avatars.render(preferences.values.language);
    choices.offer({ avatars: list.avatars });
    if (avatars.chosen) player.avatar = avatars.chosen;
  } catch {
    if (tries === 0) player.notify(words()['toast.avatars']);
    if (tries < AVATARS_PAUSES_MS.length) setTimeout(() => void offerAvatars(tries + 1), AVATARS_PAUSES_MS[tries]);
  }
}

/**
 * What a change of the session's state means for the conversation.
 * @param {SessionState} state
 * @param {SessionState} previous
 */
function follow(state, previous) {
  conversation.situate(situationOf(state));
  // Its words are chosen again when the language changes.
  const names = { 'zh-CN': avatars.displayName('zh-CN'), en: avatars.displayName('en') };
  const note = noteOf(state, previous, (t) => names[t === texts.en ? 'en' : 'zh-CN'] || t['avatar.someone']);
  if (note) conversation.note(note);
  if (state.status === previous.status) return;
  if (previous.status === 'connected' && isAway(state)) player.place = talk.place;
  if (state.status === 'ended' || state.status === 'stopping' || state.status === 'error') listening.stop();
  if (state.status === 'ended') conversation.endOpen(state.reason === 'stopped' ? 'stopped' : 'unknown');
  // Starting anew lets a session go whose last lines may or may not have been heard.
  if (state.status === 'starting') conversation.endOpen('unknown');
  if (state.status !== 'connected') return;
  // What nobody needs to see the avatar waits until it is seen.
  void seen(player.video).then(() => {
    // The other language too, as long as there is a network.
    bring(preferences.values.language === 'en' ? 'zh-CN' : 'en').catch(() => {});
    if (player.session.state.status !== 'connected') return;
    void talk.refresh();
    plug.begin();
  });
  if (!state.resumed && previous.status === 'starting') void choices.begin();
  const waits = document.activeElement === player && player.shadowRoot?.activeElement?.id === 'stage';
  if (waits && matchMedia('(pointer: fine)').matches) composer.focus();
}

function renderAll() {
  const { theme, language, volume, muted, policy, avatar } = preferences.values;
  document.documentElement.dataset.theme = theme === 'dark' || (theme === 'system' && dark.matches) ? 'dark' : 'light';
  document.documentElement.lang = language;
  document.title = words()['page.title'];
  player.language = language;
  player.policy = policy;
  player.volume = volume;
  player.muted = muted;
  avatars.choose(avatar);
  if (avatar && avatars.chosen === avatar) player.avatar = avatar;
  choices.render();
  localize(document, words());
  settings.render(words());
  if (language !== renderedLanguage) {
    renderedLanguage = language;
    avatars.render(language);
    conversation.localize(words());
  }
  render();
}

function render() {
  element('connection-status', HTMLElement).dataset.tone = player.view.tone;
  element('status-text', HTMLElement).textContent = player.statusText;
  const { state } = player.session;
  element('sessionid', HTMLInputElement).value = String(sessionIdOf(state) ?? '');
  renderStatistics();
  talk.render();
  companion.render(talk.turns.model);
  element('export', HTMLButtonElement).hidden = conversation.lines.length === 0;
  composer.render();
  listening.render(talk.activity === 'speaking');
  plug.render();
}

function renderStatistics() {
  const { state } = player.session;
  const roundTrip = state.status === 'connected' ? statistics?.roundTripMs : null;
  element('status-detail', HTMLElement).textContent = roundTrip == null ? '' : words()['status.roundtrip'](Math.max(1, Math.round(roundTrip)));
  settings.renderConnection(words(), sessionIdOf(state), statistics);
}

/**
 * The id of the session that there is, or is being made.
 * @param {SessionState} state
 */
function sessionIdOf(state) {
  return 'sessionId' in state && state.status !== 'ended' && state.status !== 'stopping' ? state.sessionId : null;
}

/** @returns {import('./preferences.js').KeyValueStorage} */
function storage() {
  try {
    return localStorage;
  } catch {
    return { getItem: () => null, setItem: () => {} };
  }
}

/** A ticket starts sessions for whoever has it: it leaves the address bar before anybody copies it from there. */
function takeTicket() {
  const { ticket, rest } = ticketIn(new URL(location.href));
  if (!ticket) return;
  player.setAttribute('ticket', ticket);
  history.replaceState(history.state, '', rest);
}
