import { isLive } from '../holdfast/index.js';
import '../holdfast/player.js';
import { BrowserEars } from './browser-ears.js';
import { demoTexts } from './demo-texts.js';
import { element } from './dom.js';
import { Microphone } from './microphone.js';
import { old } from './old-api.js';
import { Preferences } from './preferences.js';
import { texts } from './texts.js';

/** @typedef {import('../holdfast/player.js').HoldfastPlayer} HoldfastPlayer */

// The voice assistant that people know from LiveTalking: one round button, the person's words on the left, the avatar's on the right.

const language = document.documentElement.lang === 'en' ? 'en' : 'zh-CN';
const t = demoTexts[language];
const LINES = 3;

const player = /** @type {HoldfastPlayer} */ (element('player', HTMLElement));
const toggle = element('toggle', HTMLButtonElement);
const text = element('text', HTMLInputElement);
const face = element('face', HTMLSelectElement);
const mode = element('mode', HTMLSelectElement);
const policy = element('policy', HTMLSelectElement);
const subtitles = element('subtitles', HTMLInputElement);
const person = element('person', HTMLOListElement);
const avatar = element('avatar', HTMLOListElement);
/** @type {Map<string, HTMLLIElement>} */
const lines = new Map();
/** What the person is saying, while it is not understood to its end. @type {HTMLLIElement | null} */
let hearing = null;
// This page chooses nothing for the next time, and lets no browser maker listen.
const preferences = new Preferences({ getItem: () => null, setItem: () => {} }, language);
const ears = new BrowserEars(undefined, { language: () => language, onText: () => {}, onTrouble: () => {} });
const microphone = new Microphone(player, preferences, () => texts[language], ears, { onUnheard: () => {}, onChange: render });

player.language = language;
localize();
render();
void offerFaces();

toggle.addEventListener('click', () => {
  const done = isLive(player.session.state) ? player.session.stop() : player.session.start({ avatar: face.value || undefined, answersToId: true });
  done.catch(() => {});
});
player.addEventListener('viewchange', render);
player.addEventListener('statechange', render);
policy.addEventListener('change', () => { player.policy = /** @type {import('../holdfast/index.js').Policy} */ (policy.value); });
face.addEventListener('change', () => void change());
subtitles.addEventListener('change', render);
element('ask', HTMLFormElement).addEventListener('submit', (event) => {
  event.preventDefault();
  void ask();
});
player.session.addEventListener('journal', (event) => follow(/** @type {import('../holdfast/index.js').SessionJournalEvent} */ (event).entry));

async function ask() {
  const words = text.value.trim();
  const sessionid = sessionId();
  if (!words || sessionid === null) return;
  text.value = '';
  const failure = await old('/human', { sessionid, text: words, type: mode.value, interrupt: mode.value === 'chat' }, t.unreachable);
  if (failure) player.notify(failure);
}

async function change() {
  player.avatar = face.value;
  const id = sessionId();
  if (id === null) return;
  const failure = await old(`/api/sessions/${id}/avatar`, { avatar_id: face.value }, t.unreachable);
  if (failure) player.notify(failure);
}

async function offerFaces() {
  try {
    const list = await player.avatars();
    face.replaceChildren(...list.avatars.map((one) => new Option(one.displayName[language] ?? one.name, one.name, one.name === list.default)));
  } catch {
    player.notify(t.unreachable);
  }
}

/** @param {import('../holdfast/index.js').JournalEntry} entry */
function follow({ kind, data }) {
  const of = /** @type {Record<string, any>} */ (data);
  switch (kind) {
    // What has no words, an action or a recording, has no line.
    case 'said':
      if (of.text.trim()) add(person, of.text);
      break;
    case 'heard':
      hear(of.text, of.final);
      break;
    case 'phase':
      if (of.phase !== 'hearing' && of.phase !== 'deciding') hear('', true);
      break;
    case 'accepted':
      if (!of.text.trim()) break;
      lines.set(of.utteranceId, add(avatar, of.text));
      spoken(of.utteranceId, 0);
      break;
    case 'word':
      spoken(of.utteranceId, of.offset + of.length);
      break;
    case 'finished':
      spoken(of.utteranceId, Infinity);
      break;
    case 'interrupted':
    case 'failed':
    case 'dropped':
      lines.get(of.utteranceId)?.classList.add('broken');
      break;
  }
}

/**
 * @param {HTMLOListElement} list
 * @param {string} words
 */
function add(list, words) {
  const line = document.createElement('li');
  line.textContent = words;
  list.append(line);
  while (list.children.length > LINES) list.firstElementChild?.remove();
  return line;
}

/**
 * What is understood of the person's voice: each telling takes the place of the one before, until one is the last. Nothing: it was no words.
 * @param {string} words
 * @param {boolean} isFinal
 */
function hear(words, isFinal) {
  const isNothing = words.trim() === '';
  if (!isNothing) {
    hearing ??= add(person, '');
    hearing.textContent = words;
    hearing.classList.toggle('coming', !isFinal);
  } else {
    hearing?.remove();
  }
  if (isNothing || isFinal) hearing = null;
}

/**
 * What was said of a line is bright, what comes is pale.
 * @param {string} id
 * @param {number} to
 */
function spoken(id, to) {
  const line = lines.get(id);
  if (!line) return;
  const words = line.textContent ?? '';
  const coming = document.createElement('span');
  coming.className = 'coming';
  coming.textContent = words.slice(to);
  line.replaceChildren(words.slice(0, to), coming);
}

function render() {
  const { state } = player.session;
  const status = element('status', HTMLElement);
  status.dataset.tone = player.view.tone;
  element('status-text', HTMLElement).textContent = player.statusText;
  const isRunning = isLive(state);
  const isWaiting = state.status === 'starting' || state.status === 'reconnecting' || state.status === 'stopping';
  toggle.dataset.state = isWaiting ? 'wait' : isRunning ? 'stop' : 'start';
  toggle.setAttribute('aria-label', isRunning ? t.stop : t.start);
  toggle.title = isRunning ? t.stop : t.start;
  document.body.toggleAttribute('data-live', isRunning && state.status !== 'starting');
  if (state.status === 'starting') for (const list of [person, avatar]) list.replaceChildren();
  if (!isRunning) microphone.stop();
  microphone.render();
  person.hidden = avatar.hidden = !subtitles.checked;
  element('sessionid', HTMLOutputElement).value = String(sessionId() ?? 0);
}

function sessionId() {
  const { state } = player.session;
  return 'sessionId' in state && isLive(state) ? state.sessionId : null;
}

function localize() {
  document.title = `Holdfast · ${t.title}`;
  text.placeholder = t.ask;
  /** @type {Record<string, string>} */
  const words = t;
  for (const one of document.querySelectorAll('[data-text]')) one.textContent = words[/** @type {HTMLElement} */ (one).dataset.text ?? ''] ?? '';
  for (const one of document.querySelectorAll('[data-label]')) one.setAttribute('aria-label', words[/** @type {HTMLElement} */ (one).dataset.label ?? ''] ?? '');
}
