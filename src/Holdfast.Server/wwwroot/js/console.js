import { UNREACHABLE_AFTER_MISSED, canReconnect } from '../holdfast/index.js';
import '../holdfast/player.js';
import { consoleTexts } from './console-texts.js';
import { noticeOf, statusOf } from './console-words.js';
import { element } from './dom.js';
import { old } from './old-api.js';

/** @typedef {import('../holdfast/index.js').SessionState} SessionState */
/** @typedef {import('../holdfast/player.js').HoldfastPlayer} HoldfastPlayer */

// The console that people know from LiveTalking: the same elements under the same ids, and the same words.

const t = consoleTexts[document.documentElement.lang === 'en' ? 'en' : 'zh-CN'];
const STUN = 'stun:stun.l.google.com:19302';
const TOAST_MS = 4_000;

const player = /** @type {HoldfastPlayer} */ (element('player', HTMLElement));
const start = element('start', HTMLButtonElement);
const stop = element('stop', HTMLButtonElement);
const reconnect = element('reconnect', HTMLButtonElement);
const useStun = element('use-stun', HTMLInputElement);
const text = element('human-text', HTMLTextAreaElement);
const startRecord = element('start-record', HTMLButtonElement);
const stopRecord = element('stop-record', HTMLButtonElement);
const toast = element('toast', HTMLElement);

/** @type {ReturnType<typeof setTimeout> | undefined} */
let toastTimer;
let isRecording = false;

localize();
render(player.session.state);

start.addEventListener('click', () => quietly(player.start({ answersToId: true })));
stop.addEventListener('click', () => quietly(player.stop()));
reconnect.addEventListener('click', () => {
  if (sessionIdOf(player.session.state) === null) notify(t.noSession);
  else quietly(player.reconnect());
});
useStun.addEventListener('change', () => { player.rtcConfiguration = useStun.checked ? { iceServers: [{ urls: STUN }] } : {}; });
player.addEventListener('statechange', (event) => {
  const { state, previous } = /** @type {import('../holdfast/index.js').SessionStateEvent} */ (event);
  const said = noticeOf(state, previous, t, UNREACHABLE_AFTER_MISSED);
  if (said) notify(said);
  if (!('sessionId' in state) || state.status === 'ended') setRecording(false);
  render(state);
});
element('human-form', HTMLFormElement).addEventListener('submit', (event) => {
  event.preventDefault();
  void send();
});
text.addEventListener('keydown', (event) => {
  if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  void send();
});
element('interrupt', HTMLButtonElement).addEventListener('click', () => void call('/interrupt_talk', {}));
startRecord.addEventListener('click', () => void record('start_record'));
stopRecord.addEventListener('click', () => void record('end_record'));

async function send() {
  const words = text.value.trim();
  if (!words) return;
  const type = /** @type {HTMLInputElement} */ (document.querySelector('input[name="type"]:checked')).value;
  if (await call('/human', { text: words, type, interrupt: false })) text.value = '';
}

/** @param {'start_record' | 'end_record'} type */
async function record(type) {
  const id = sessionIdOf(player.session.state);
  if (!await call('/record', { type })) return;
  setRecording(type === 'start_record');
  const link = element('download', HTMLAnchorElement);
  link.hidden = type === 'start_record';
  link.href = `record/${id}`;
}

/** @param {boolean} on */
function setRecording(on) {
  isRecording = on;
  startRecord.setAttribute('aria-pressed', String(on));
}

/**
 * A call of the old API about this session; what went wrong is told.
 * @param {string} path
 * @param {Record<string, unknown>} body
 */
async function call(path, body) {
  const sessionid = sessionIdOf(player.session.state);
  if (sessionid === null) {
    notify(t.noSession);
    return false;
  }
  const failure = await old(path, { sessionid, ...body }, t.unreachable);
  if (failure) notify(failure);
  return !failure;
}

/** @param {SessionState} state */
function render(state) {
  const tone = toneOf(state);
  const status = element('connection-status', HTMLElement);
  status.dataset.tone = tone;
  element('status-text', HTMLElement).textContent = t.status[statusOf(state)];
  const isLive = 'sessionId' in state && state.status !== 'ended' && state.status !== 'stopping';
  start.hidden = isLive;
  stop.hidden = !isLive;
  reconnect.hidden = !canReconnect(state);
  useStun.disabled = isLive;
  startRecord.disabled = state.status !== 'connected' || isRecording;
  stopRecord.disabled = !isRecording;
  element('sessionid', HTMLInputElement).value = String(sessionIdOf(state) ?? 0);
}

/** @param {SessionState} state */
function toneOf(state) {
  switch (state.status) {
    case 'connected':
      return 'good';
    case 'starting':
    case 'reconnecting':
      return 'busy';
    case 'interrupted':
      return 'unsteady';
    case 'held':
      return 'held';
    case 'error':
      return 'bad';
    default:
      return 'quiet';
  }
}

/** @param {SessionState} state */
function sessionIdOf(state) {
  return 'sessionId' in state && state.status !== 'ended' && state.status !== 'stopping' ? state.sessionId : null;
}

/** @param {string} words */
function notify(words) {
  toast.textContent = words;
  toast.hidden = false;
  player.announce(words);
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => { toast.hidden = true; }, TOAST_MS);
}

/** @param {Promise<unknown>} promise its failure is in the state, and shown */
function quietly(promise) {
  promise.catch(() => {});
}

function localize() {
  document.title = `Holdfast · ${t.title}`;
  /** @type {Record<string, unknown>} */
  const words = t;
  for (const one of document.querySelectorAll('[data-text]')) one.textContent = String(words[/** @type {HTMLElement} */ (one).dataset.text ?? '']);
  for (const one of document.querySelectorAll('[data-label]')) one.setAttribute('aria-label', String(words[/** @type {HTMLElement} */ (one).dataset.label ?? '']));
  text.placeholder = t.placeholder;
}
