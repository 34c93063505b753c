import { isAway } from '../holdfast/index.js';
import '../holdfast/player.js';
import { AvatarPicker } from './avatars.js';
import { Companion } from './companion.js';
import { Composer } from './composer.js';
import { element, localize } from './dom.js';
import { offerFullScreen } from './full-screen.js';
import { bring } from './languages.js';
import { Later } from './later.js';
import { Panel } from './panel.js';
import { Preferences, browserStorage } from './preferences.js';
import { Queue } from './queue.js';
import { seen } from './seen.js';
import { Talk } from './talk.js';
import { texts } from './texts.js';
import { takeTicket } from './ticket.js';

/** @typedef {import('../holdfast/index.js').SessionState} SessionState */

const player = /** @type {import('../holdfast/player.js').HoldfastPlayer} */ (element('player', HTMLElement));
const preferences = new Preferences(browserStorage(), navigator.language);
/** What is to be read of the talk. @type {Queue<typeof import('./dialogue.js'), import('./dialogue.js').Dialogue>} */
const dialogue = new Queue(() => import('./dialogue.js'), ({ Dialogue }) => {
  queueMicrotask(render);
  return new Dialogue(player, preferences, words, (turn) => talk.turns.failed.has(turn));
});
const talk = new Talk(player, dialogue, words, () => listening.now?.isHeard ?? false);
const companion = new Companion(player.session.api, preferences, words);
const composer = new Composer(player, words, () => companion.mode);
const avatars = new AvatarPicker((name, small) => player.session.api.previewUrl(name, { small }), (name) => preferences.set({ avatar: name }));
const dark = matchMedia('(prefers-color-scheme: dark)');

/** When the list of avatars is asked for again. */
const AVATARS_PAUSES_MS = [1_000, 3_000, 10_000, 30_000];

/** @type {import('../holdfast/index.js').ConnectionStatistics | null} */
let statistics = null;
let renderedLanguage = '';
/** @type {readonly import('../holdfast/index.js').Avatar[]} */
let offered = [];

// What nobody needs to see the avatar. Nothing that tells of a lost connection, or brings it back, is among it.
const settings = new Later(() => import('./settings.js'), ({ Settings }) => new Settings(preferences, (language) => void speak(language)));
const choices = new Later(() => import('./choices.js'), ({ Choices }) => {
  const made = new Choices(player, preferences, words);
  made.offer({ avatars: offered, models: companion.models });
  return made;
});
const listening = new Later(() => import('./listening.js'), ({ Listening }) => new Listening(player, preferences, (note) => dialogue.tell(({ conversation }) => conversation.note(note)), words, () => companion.mode, render));
const plug = new Later(() => import('./plug.js'), ({ Plug }) => new Plug(player, words));
const panel = new Panel(
  () => Promise.all([settings.get(), choices.get()]).then(([, made]) => (made.look(), renderAll())),
  () => player.announce(words()['toast.later']),
);

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
  dialogue.tell(({ conversation }) => conversation.endOpen('stopped'));
  talk.render();
});
preferences.addEventListener('change', renderAll);
companion.addEventListener('change', () => {
  choices.now?.offer({ models: companion.models });
  render();
});
player.session.addEventListener('journal', (event) => {
  const { kind } = /** @type {import('../holdfast/index.js').SessionJournalEvent} */ (event).entry;
  // Who answers may be another, and there is something to save.
  if (kind === 'turnStarted' || kind === 'accepted') render();
});
element('export', HTMLButtonElement).addEventListener('click', () => {
  dialogue.now?.save(words());
});
element('language', HTMLButtonElement).addEventListener('click', () => void speak(otherLanguage()));
element('microphone', HTMLButtonElement).addEventListener('click', () => {
  if (!listening.now) use(listening, (made) => void made.start()); // Once it is there, it hears of clicks itself.
});
dark.addEventListener('change', renderAll);

player.session.addEventListener('displaced', () => dialogue.tell((made) => made.noteDisplaced()));
// What the person has said is seen at once, wherever the avatar is.
player.session.addEventListener('outbox', () => player.session.outbox.items.length > 0 && void bringDialogue());

offerFullScreen();
takeTicket((ticket) => player.setAttribute('ticket', ticket));
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
    player.notify(words()['toast.later']);
    settings.now?.render(words());
  }
}

function otherLanguage() {
  return preferences.values.language === 'en' ? 'zh-CN' : 'en';
}

/**
 * Uses a part that may have to be loaded first. Whoever clicked is told where that fails.
 * @template M, T
 * @param {Later<M, T>} part
 * @param {(made: T) => void} run
 */
function use(part, run) {
  part.get().then(run, () => player.notify(words()['toast.later']));
}

/** Who looks at the stage misses nothing where it cannot be loaded; whatever happens next tries again. */
function bringDialogue() {
  return dialogue.get().then(() => {}, () => {});
}

function words() {
  return texts[preferences.values.language];
}

/** @param {number} [tries] before */
async function offerAvatars(tries = 0) {
  try {
    const list = await player.avatars();
    avatars.offer(list.avatars, preferences.values.avatar, list.default);
    avatars.render(preferences.values.language);
    offered = list.avatars;
    choices.now?.offer({ avatars: offered });
    if (avatars.chosen) player.avatar = avatars.chosen;
  } catch {
    if (tries === 0) player.notify(words()['toast.avatars']);
    if (tries < AVATARS_PAUSES_MS.length) setTimeout(() => void offerAvatars(tries + 1), AVATARS_PAUSES_MS[tries]);
  }
}

/**
 * What a change of the session's state means for the page.
 * @param {SessionState} state
 * @param {SessionState} previous
 */
function follow(state, previous) {
  // The words of a note are chosen again when the language changes.
  const names = { 'zh-CN': avatars.displayName('zh-CN'), en: avatars.displayName('en') };
  dialogue.tell((made) => made.follow(state, previous, (t) => names[t === texts.en ? 'en' : 'zh-CN'] || t['avatar.someone']));
  if (isAway(state)) void bringDialogue();
  if (state.status === previous.status) return;
  if (previous.status === 'connected' && isAway(state)) player.place = dialogue.now?.place ?? '';
  if (state.status === 'ended' || state.status === 'stopping' || state.status === 'error') listening.now?.stop();
  if (state.status !== 'connected') return;
  // What nobody needs to see the avatar waits until it is seen.
  void seen(player.video).then(async () => {
    await bringDialogue();
    // All the rest, as long as there is a network.
    bring(otherLanguage()).catch(() => {});
    player.session.prepareMicrophone().catch(() => {});
    Promise.all([settings.get(), choices.get(), listening.get()]).then(() => (panel.show(), renderAll()), () => {});
    if (player.session.state.status !== 'connected') return;
    void talk.refresh();
    plug.get().then((made) => made.begin(), () => {});
  });
  const { voice, speed, model } = preferences.values;
  if (!state.resumed && previous.status === 'starting' && (voice || speed !== 1 || model)) use(choices, (made) => void made.begin());
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
  choices.now?.render();
  localize(document, words());
  settings.now?.render(words());
  if (language !== renderedLanguage) {
    renderedLanguage = language;
    avatars.render(language);
    dialogue.now?.conversation.localize(words());
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
  element('export', HTMLButtonElement).hidden = !dialogue.now?.conversation.lines.length;
  composer.render();
  if (listening.now) listening.now.render(talk.activity === 'speaking');
  else element('microphone', HTMLButtonElement).hidden = !player.view.canTalk;
  plug.now?.render();
}

function renderStatistics() {
  const { state } = player.session;
  const roundTrip = state.status === 'connected' ? statistics?.roundTripMs : null;
  element('status-detail', HTMLElement).textContent = roundTrip == null ? '' : words()['status.roundtrip'](Math.max(1, Math.round(roundTrip)));
  settings.now?.renderConnection(words(), sessionIdOf(state), statistics);
}

/**
 * The id of the session that there is, or is being made.
 * @param {SessionState} state
 */
function sessionIdOf(state) {
  return 'sessionId' in state && state.status !== 'ended' && state.status !== 'stopping' ? state.sessionId : null;
}
