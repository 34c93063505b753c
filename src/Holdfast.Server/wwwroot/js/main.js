import { HoldfastError, HoldfastSession } from '/holdfast/index.js';
import { AvatarPicker } from './avatars.js';
import { Conversation } from './conversation.js';
import { create, element, localize } from './dom.js';
import { Preferences } from './preferences.js';
import { Settings } from './settings.js';
import { Stage } from './stage.js';
import { errorText, texts } from './texts.js';
import { Toast } from './toast.js';
import { viewOf } from './view.js';

/** @typedef {import('/holdfast/index.js').SessionState} SessionState */
/** @typedef {import('./lines.js').Line} Line */

/** How often the server is asked what became of the lines, while some are open. */
const PROGRESS_INTERVAL_MS = 400;

const session = new HoldfastSession();
const preferences = new Preferences(storage(), navigator.language);
const settings = new Settings(preferences);
const toast = new Toast(element('toast', HTMLElement));
const stage = new Stage(() => showSubtitle());
const conversation = new Conversation(words(), (line) => void deliver(line));
const avatars = new AvatarPicker((name) => session.api.previewUrl(name), chooseAvatar);

const input = element('human-text', HTMLTextAreaElement);
const send = element('send-human-text', HTMLButtonElement);
const startButton = element('start', HTMLButtonElement);
const stopButton = element('stop', HTMLButtonElement);
const reconnectButton = element('reconnect', HTMLButtonElement);

/** @type {import('/holdfast/index.js').ConnectionStatistics | null} */
let statistics = null;
let interruptedSince = 0;
let following = false;
let renderedLanguage = '';

session.addEventListener('statechange', (event) => {
  const { state, previous } = /** @type {import('/holdfast/index.js').SessionStateEvent} */ (event);
  if (state.status !== 'connected') statistics = null;
  tell(state, previous);
  render();
  moveFocus(state, previous);
});
session.addEventListener('stream', (event) => stage.play(/** @type {import('/holdfast/index.js').SessionStreamEvent} */ (event).stream));
session.addEventListener('statistics', (event) => {
  statistics = /** @type {import('/holdfast/index.js').SessionStatisticsEvent} */ (event).statistics;
  renderStatistics();
});
preferences.addEventListener('change', renderAll);
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', renderAll);

startButton.addEventListener('click', start);
reconnectButton.addEventListener('click', start);
stopButton.addEventListener('click', () => void session.stop());
element('interrupt', HTMLButtonElement).addEventListener('click', () => void interrupt());
element('composer', HTMLFormElement).addEventListener('submit', (event) => {
  event.preventDefault();
  say(input.value);
});
input.addEventListener('keydown', (event) => {
  // Enter that ends the composition of a Chinese word is not meant to send it (229: Safari reports it after the composition).
  if (event.key !== 'Enter' || event.shiftKey || event.isComposing || event.keyCode === 229) return;
  event.preventDefault();
  say(input.value);
});

renderAll();
void offerAvatars();

function words() {
  return texts[preferences.values.language];
}

function start() {
  stage.unlock();
  // What goes wrong is in the state, and shown from there.
  session.start({ avatar: avatars.chosen || undefined }).catch(() => {});
}

/** @param {string} typed */
function say(typed) {
  const text = typed.trim();
  if (text === '') return;
  if (!viewOf(session.state).canTalk) {
    toast.show(session.state.status === 'idle' ? words()['talk.offline'] : words()['error.not-connected']);
    return;
  }
  input.value = '';
  void deliver(conversation.add(text));
}

/** @param {Line} line */
async function deliver(line) {
  conversation.update(line.id, { status: 'sending', problem: '' });
  try {
    await session.say(line.text);
    conversation.update(line.id, { status: 'queued' });
    void follow();
  } catch (thrown) {
    const error = HoldfastError.from(thrown, 'network', String(thrown));
    conversation.update(line.id, { status: 'failed', problem: errorText(words(), error) });
  }
}

/** Asks the server what it is saying until every line has come to its end. */
async function follow() {
  if (following) return;
  following = true;
  while (conversation.open.length > 0 && session.state.status === 'connected') {
    const known = conversation.open.map((line) => line.id);
    try {
      conversation.advance(known, await session.describe());
    } catch {
      // The next answer tells; if none comes, the state of the connection does.
    }
    showSubtitle();
    await new Promise((resolve) => setTimeout(resolve, PROGRESS_INTERVAL_MS));
  }
  following = false;
  showSubtitle();
}

async function interrupt() {
  try {
    const { stopped } = await session.interrupt();
    conversation.endOpen('stopped');
    showSubtitle();
    toast.show(words()[stopped > 0 ? 'toast.stopped' : 'toast.nothing']);
  } catch (thrown) {
    toast.show(errorText(words(), HoldfastError.from(thrown, 'network', String(thrown))));
  }
}

async function offerAvatars() {
  try {
    const list = await session.api.avatars();
    avatars.offer(list.avatars, preferences.values.avatar, list.default);
    avatars.render(preferences.values.language);
    stage.preview(avatars.chosen ? session.api.previewUrl(avatars.chosen) : null);
  } catch {
    stage.preview(null);
    toast.show(words()['toast.avatars']);
  }
}

/** @param {string} name */
function chooseAvatar(name) {
  preferences.set({ avatar: name });
  stage.preview(session.api.previewUrl(name));
}

/**
 * Toasts and notes for what has just happened.
 * @param {SessionState} state
 * @param {SessionState} previous
 */
function tell(state, previous) {
  if (previous.status === state.status) return;
  switch (state.status) {
    case 'connected': {
      const back = previous.status === 'interrupted' || previous.status === 'lost';
      toast.show(words()[back ? 'toast.recovered' : 'toast.connected']);
      if (back) {
        const seconds = ((performance.now() - interruptedSince) / 1000).toFixed(1);
        conversation.note({ tone: 'good', words: (texts) => texts['note.recovered'](seconds) });
        void follow();
      } else {
        const names = { 'zh-CN': avatars.displayName('zh-CN'), en: avatars.displayName('en') };
        conversation.note({
          tone: 'good',
          words: (t) => t['note.connected'](names[t === texts.en ? 'en' : 'zh-CN'] || t['avatar.someone']),
        });
      }
      return;
    }
    case 'interrupted':
      interruptedSince = performance.now();
      toast.show(words()['toast.interrupted']);
      conversation.note({ tone: 'unsteady', words: (t) => t['note.interrupted'] });
      return;
    case 'lost':
      if (previous.status !== 'interrupted') interruptedSince = performance.now();
      toast.show(words()['toast.lost']);
      conversation.note({ tone: 'bad', words: (t) => t['note.lost'] });
      return;
    case 'ended': {
      const gone = state.reason === 'gone';
      conversation.endOpen(gone ? 'unknown' : 'stopped');
      toast.show(words()[gone ? 'toast.gone' : 'toast.ended']);
      if (state.sessionId !== null) conversation.note({ tone: gone ? 'bad' : 'quiet', words: (t) => t[gone ? 'note.gone' : 'note.ended'] });
      return;
    }
    case 'error':
      if (state.error.code !== 'cancelled') toast.show(errorText(words(), state.error));
      return;
    case 'starting':
      // Starting anew lets a session go whose last lines may or may not have been heard.
      conversation.endOpen('unknown');
      return;
    case 'idle':
    case 'stopping':
      return;
  }
}

function renderAll() {
  const { theme, language, volume, muted } = preferences.values;
  const dark = theme === 'dark' || (theme === 'system' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.dataset.theme = dark ? 'dark' : 'light';
  document.documentElement.lang = language;
  document.title = words()['page.title'];
  localize(document, words());
  settings.render(words());
  stage.setVolume(volume, muted);
  renderSamples();
  if (language !== renderedLanguage) {
    renderedLanguage = language;
    avatars.render(language);
    conversation.localize(words());
  }
  render();
}

function render() {
  const { state } = session;
  const view = viewOf(state);
  const text = words();
  const root = element('stage', HTMLElement);
  root.dataset.scene = view.scene;
  root.dataset.tone = view.tone;
  element('connection-status', HTMLElement).dataset.tone = view.tone;
  setText('status-text', text[view.status]);
  renderStatistics();

  element('lobby', HTMLElement).hidden = view.scene !== 'lobby';
  setText('lobby-title', text[view.title]);
  setText('lobby-text', state.status === 'error' ? errorText(text, state.error) : view.text ? text[view.text] : '');
  setText('start', text[view.start]);
  startButton.hidden = !view.canStart;

  element('starting', HTMLElement).hidden = view.scene !== 'starting';
  setText('starting-text', text[view.title]);

  element('trouble', HTMLElement).hidden = view.scene !== 'interrupted' && view.scene !== 'lost';
  setText('trouble-title', text[view.title]);
  setText('trouble-text', view.text ? `${text[view.text]}\n${text['lost.text']}` : '');
  setText('reconnect', text[view.reconnect]);
  reconnectButton.hidden = !view.canReconnect;

  element('dock', HTMLElement).hidden = !view.canStop;
  stopButton.hidden = !view.canStop;
  setText('stop', text[view.scene === 'starting' ? 'dock.cancel' : view.scene === 'lost' ? 'lost.stop' : 'dock.stop']);

  send.setAttribute('aria-disabled', String(!view.canTalk));
  input.placeholder = text[view.canTalk ? 'talk.placeholder' : 'talk.placeholder.offline'];
  element('sessionid', HTMLInputElement).value = String(sessionIdOf(state) ?? '');
  showSubtitle();
}

function renderStatistics() {
  const roundTrip = session.state.status === 'connected' ? statistics?.roundTripMs : null;
  setText('status-detail', roundTrip == null ? '' : words()['status.roundtrip'](Math.max(1, Math.round(roundTrip))));
  settings.renderConnection(words(), sessionIdOf(session.state), statistics);
}

function renderSamples() {
  const buttons = words()['talk.samples'].map((sample) => {
    const button = create('button', '', sample);
    button.type = 'button';
    button.addEventListener('click', () => {
      if (viewOf(session.state).canTalk) {
        say(sample);
      } else {
        input.value = sample;
        input.focus();
      }
    });
    return button;
  });
  element('samples', HTMLElement).replaceChildren(...buttons);
}

function showSubtitle() {
  stage.subtitle(preferences.values.subtitles && session.state.status === 'connected' ? conversation.spoken : '');
}

/**
 * A button that had the focus and is gone hands it on, so that nobody at a keyboard is thrown back to the top.
 * @param {SessionState} state
 * @param {SessionState} previous
 */
function moveFocus(state, previous) {
  if (state.status === previous.status) return;
  const handedOn = document.activeElement === stopButton && previous.status === 'starting' && state.status === 'connected';
  if (document.activeElement !== document.body && !handedOn) return;
  const view = viewOf(state);
  const next = view.canStart ? startButton : view.scene === 'lost' ? reconnectButton : view.canTalk && matchMedia('(pointer: fine)').matches ? input : stopButton;
  next.focus({ preventScroll: true });
}

/** @param {SessionState} state */
function sessionIdOf(state) {
  return isSession(state) ? state.sessionId : null;
}

/**
 * @param {SessionState} state
 * @returns {state is Extract<SessionState, { status: 'starting' | 'connected' | 'interrupted' | 'lost' }>}
 */
function isSession(state) {
  return state.status === 'starting' || state.status === 'connected' || state.status === 'interrupted' || state.status === 'lost';
}

/**
 * @param {string} id
 * @param {string} text
 */
function setText(id, text) {
  const target = element(id, HTMLElement);
  // A live region that is written again is read again.
  if (target.textContent !== text) target.textContent = text;
}

/** @returns {import('./preferences.js').KeyValueStorage} */
function storage() {
  try {
    return localStorage;
  } catch {
    return { getItem: () => null, setItem: () => {} };
  }
}
