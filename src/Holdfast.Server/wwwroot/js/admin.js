import { AdminApi, RefusedError } from './admin-api.js';
import { SessionRow } from './admin-session.js';
import { adminTexts } from './admin-texts.js';
import { Chart } from './chart.js';
import { create, element } from './dom.js';

/** @typedef {import('./admin-api.js').SessionFigures} SessionFigures */
/** @typedef {import('./admin-api.js').ServerFigures} ServerFigures */

// The operator's page: all sessions as they are, those in trouble first, and what can be done about each.

const SECONDS_SHOWN = 120;
const AGAIN_MS = 2_000;
const TIMELINE_MS = 1_500;
const TOAST_MS = 3_000;
const KEY = 'holdfast.operatorKey';

const t = adminTexts[document.documentElement.lang === 'en' ? 'en' : 'zh-CN'];
const api = new AdminApi();
const list = element('list', HTMLElement);
const board = element('board', HTMLElement);
const keyForm = element('key-form', HTMLFormElement);
const keyError = element('key-error', HTMLElement);
const toast = element('toast', HTMLElement);

/** @type {Map<number, SessionRow>} */
const rows = new Map();
/** @type {ReturnType<typeof setTimeout> | undefined} */
let toastTimer;

const figures = ['sessions', 'trouble', 'speaking', 'cpu', 'memory'].map((name) => {
  const card = create('div', 'figure card');
  const value = create('p');
  const chart = new Chart('chart', SECONDS_SHOWN, { sessions: 4, trouble: 4, speaking: 4, cpu: 20, memory: 200 }[name] ?? 1, true);
  card.append(create('h2', '', t.figure[/** @type {keyof typeof t.figure} */ (name)]), value, chart.element);
  element('figures', HTMLElement).append(card);
  return { name, card, value, chart };
});

words();
api.key = stored() ?? '';
if (stored()) void run();
else askForKey(false);
setInterval(() => void refreshTimelines(), TIMELINE_MS);

keyForm.addEventListener('submit', (event) => {
  event.preventDefault();
  const key = element('key', HTMLInputElement).value.trim();
  sessionStorage.setItem(KEY, key);
  api.key = key;
  void run();
});
element('language', HTMLButtonElement).addEventListener('click', () => choose('language', document.documentElement.lang === 'en' ? 'zh-CN' : 'en'));
element('theme', HTMLButtonElement).addEventListener('click', () => choose('theme', document.documentElement.dataset.theme === 'dark' ? 'light' : 'dark'));

/** Follows the server for as long as the page is open. */
async function run() {
  for (;;) {
    try {
      await api.follow(({ kind, data }) => {
        if (kind === 'server') showServer(/** @type {ServerFigures} */ (/** @type {unknown} */ (data)));
        else showSessions(/** @type {SessionFigures[]} */ (data.sessions));
      }, new AbortController().signal);
    } catch (error) {
      if (error instanceof RefusedError && (error.status === 401 || error.status === 403)) {
        askForKey(stored() !== null);
        return;
      }
      if (error instanceof RefusedError && error.status === 404) {
        status('bad', t.off);
        return;
      }
    }
    status('bad', t.lost);
    await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
  }
}

/** @param {ServerFigures} now */
function showServer(now) {
  keyForm.hidden = true;
  board.hidden = false;
  status('good', t.live);
  /** @type {Record<string, [number, string, string]>} */
  const values = {
    sessions: [now.sessions, String(now.sessions), t.of(now.limit)],
    trouble: [now.trouble, String(now.trouble), ''],
    speaking: [now.speaking, String(now.speaking), ''],
    cpu: [now.cpu_percent, `${Math.round(now.cpu_percent)} %`, ''],
    memory: [now.memory_mb, String(now.memory_mb), 'MB'],
  };
  for (const { name, card, value, chart } of figures) {
    const [number, text, unit] = values[name] ?? [0, '', ''];
    value.replaceChildren(text, create('small', '', unit));
    chart.add(number);
    card.dataset.tone = (name === 'trouble' && number > 0) || (name === 'cpu' && number > 85) ? 'bad' : '';
  }
}

/** @param {SessionFigures[]} sessions in the order in which they are to be looked at */
function showSessions(sessions) {
  const live = new Set(sessions.map((each) => each.sessionid));
  for (const [id, row] of rows) {
    if (live.has(id)) continue;
    row.element.remove();
    rows.delete(id);
  }
  sessions.forEach((each, place) => {
    let row = rows.get(each.sessionid);
    if (!row) {
      row = new SessionRow(each.sessionid, t, acts);
      rows.set(each.sessionid, row);
    }
    row.show(each);

    // What somebody is writing into stays where it is under their hands.
    if (list.children[place] !== row.element && !list.contains(document.activeElement)) list.insertBefore(row.element, list.children[place] ?? null);
    else if (!row.element.isConnected) list.append(row.element);
  });
  element('empty', HTMLElement).hidden = sessions.length > 0;
}

const acts = {
  /** @param {number} id @param {string} text */
  say: (id, text) => act(() => api.act(id, 'say', { text })),
  /** @param {number} id */
  hold: (id) => void act(() => api.act(id, 'hold')),
  /** @param {number} id */
  close: (id) => void act(() => api.act(id, 'close')),
  /** @param {number} id */
  open: (id) => void refresh(id),
};

/** @param {() => Promise<void>} call */
async function act(call) {
  try {
    await call();
    notify(t.done);
    return true;
  } catch (error) {
    notify(error instanceof RefusedError && error.status === 404 ? t.gone : t.failed);
    return false;
  }
}

async function refreshTimelines() {
  await Promise.all([...rows.values()].filter((row) => row.isOpen).map((row) => refresh(row.id)));
}

/** @param {number} id */
async function refresh(id) {
  try {
    rows.get(id)?.tell(await api.timeline(id));
  } catch {
    // The next time shows it.
  }
}

/** @param {boolean} wasWrong */
function askForKey(wasWrong) {
  sessionStorage.removeItem(KEY);
  board.hidden = true;
  keyForm.hidden = false;
  keyError.hidden = !wasWrong;
  keyError.textContent = t.keyWrong;
  status('quiet', t.title);
  element('key', HTMLInputElement).focus();
}

/** @param {string} tone @param {string} text */
function status(tone, text) {
  element('status', HTMLElement).dataset.tone = tone;
  element('status-text', HTMLElement).textContent = text;
}

/** @param {string} text */
function notify(text) {
  toast.textContent = text;
  toast.hidden = false;
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => { toast.hidden = true; }, TOAST_MS);
}

/** @param {'language' | 'theme'} name @param {string} value */
function choose(name, value) {
  try {
    localStorage.setItem(`holdfast.${name}`, value);
  } catch {
    // It is forgotten with the page.
  }
  location.reload();
}

function stored() {
  return sessionStorage.getItem(KEY);
}

function words() {
  document.title = `Holdfast · ${t.title}`;
  element('language', HTMLButtonElement).textContent = t.language;
  for (const found of document.querySelectorAll('[data-text], [data-label]')) {
    if (!(found instanceof HTMLElement)) continue;
    const word = (/** @type {string | undefined} */ key) => String(t[/** @type {'title'} */ (key)]);
    if (found.dataset.text) found.textContent = word(found.dataset.text);
    if (found.dataset.label) found.setAttribute('aria-label', word(found.dataset.label));
  }
}
