import { Chart } from './chart.js';
import { create } from './dom.js';

/** @typedef {import('./admin-api.js').SessionFigures} SessionFigures */
/** @typedef {import('./admin-api.js').ServerEvent} ServerEvent */
/** @typedef {import('./admin-texts.js').AdminTexts} AdminTexts */

const SECONDS_SHOWN = 60;
const SURE_MS = 4_000;
const BAD_TRIP_MS = 400;
const BAD_LOSS = 5;

/** One session: a row, and what can be done about it below. */
export class SessionRow {
  #t;
  #acts;
  #state = create('span', 'state');
  #name = create('span', 'name');
  #detail = create('span', 'detail');
  #since = create('span', 'stack');
  #trip = create('b');
  #chart = new Chart('spark', SECONDS_SHOWN, 50, false);
  #loss = create('span');
  #line = create('span', 'stack cell-line');
  #generation = create('span', 'cell-generation');
  #row = create('button', 'row');
  #more = create('div', 'more');
  #timeline = create('ol', 'timeline');

  /**
   * @param {number} id
   * @param {AdminTexts} t
   * @param {{ say(id: number, text: string): Promise<boolean>, hold(id: number): void, close(id: number): void, open(id: number): void }} acts
   */
  constructor(id, t, acts) {
    this.id = id;
    this.#t = t;
    this.#acts = acts;
    this.element = create('li', 'one card');
    const who = create('span', 'who');
    who.append(this.#state, this.#name, this.#detail);
    const trip = create('span', 'trip');
    trip.append(this.#trip, this.#chart.element);
    this.#row.type = 'button';
    this.#row.setAttribute('aria-expanded', 'false');
    this.#row.append(who, this.#since, trip, this.#loss, this.#line, this.#generation, chevron());
    this.#row.addEventListener('click', () => this.#toggle());
    this.#more.hidden = true;
    this.#more.append(this.#makeActs(), this.#timeline);
    this.element.append(this.#row, this.#more);
  }

  get isOpen() {
    return !this.#more.hidden;
  }

  /** @param {SessionFigures} now */
  show(now) {
    const t = this.#t;
    const isAlone = now.state === 'held' && now.unattended;
    this.element.dataset.trouble = String(now.trouble);
    this.#state.textContent = isAlone ? t.state.unattended : t.state[now.state];
    this.#state.dataset.tone = isAlone ? 'deep'
      : { negotiating: 'quiet', connected: now.trouble ? 'unsteady' : 'good', interrupted: 'unsteady', held: 'bad' }[now.state];
    this.#name.textContent = [now.avatar_id, now.user, ...now.tags].filter(Boolean).join(' · ');
    this.#detail.replaceChildren(String(now.sessionid));
    if (now.speaking) this.#detail.append(' · ', create('span', 'speaking', t.speaking));
    if (now.recording) this.#detail.append(' · ', create('span', 'recording', t.recording));
    if (now.queued > 1 || (now.queued && !now.speaking)) this.#detail.append(` · ${t.queued(now.queued)}`);
    if (now.pictures && t.pictures(now.pictures)) this.#detail.append(` · ${t.pictures(now.pictures)}`);
    this.#since.replaceChildren(clock(now.state_seconds));
    if (now.expires_in !== null && !(isAlone && now.outputs > 0)) this.#since.append(create('small', '', t.keptFor(clock(now.expires_in))));
    this.#trip.textContent = now.round_trip_ms === null ? '–' : `${Math.round(now.round_trip_ms)} ms`;
    this.#trip.className = (now.round_trip_ms ?? 0) > BAD_TRIP_MS ? 'bad' : '';
    if (now.round_trip_ms !== null) this.#chart.add(now.round_trip_ms);
    this.#loss.textContent = now.loss_percent === null ? '–' : `${now.loss_percent} %`;
    this.#loss.className = (now.loss_percent ?? 0) > BAD_LOSS ? 'bad' : '';
    this.#line.replaceChildren(now.line_kbps === null ? '–' : rateOf(now.line_kbps));
    this.#line.title = now.video_bitrate === null ? '' : t.video(rateOf(now.video_bitrate / 1000));
    if (now.sent_kbps !== null) this.#line.append(create('small', '', t.sent(rateOf(now.sent_kbps))));
    else if (this.#line.title) this.#line.append(create('small', '', this.#line.title));
    this.#generation.textContent = String(now.generation);
  }

  /** @param {ServerEvent[]} events */
  tell(events) {
    const isAtEnd = this.#timeline.scrollTop + this.#timeline.clientHeight >= this.#timeline.scrollHeight - 4;
    this.#timeline.replaceChildren(...events.filter((event) => event.kind in this.#t.events).map((event) => this.#entry(event)));
    if (this.#timeline.childElementCount === 0) this.#timeline.append(create('li', '', this.#t.noEvents));
    if (isAtEnd) this.#timeline.scrollTop = this.#timeline.scrollHeight;
  }

  /** @param {ServerEvent} event */
  #entry({ kind, data }) {
    const entry = create('li');
    const at = new Date(String(data.at));
    const time = create('time', '', at.toLocaleTimeString(document.documentElement.lang, { hour12: false }));
    time.dateTime = at.toISOString();
    const what = create('span');
    what.append(`${this.#t.events[/** @type {keyof AdminTexts['events']} */ (kind)]} `, create('em', '', detailOf(kind, data, this.#t)));
    entry.dataset.tone = kind === 'state' ? (data.to === 'connected' ? 'good' : data.reason !== 'created' && (data.to === 'interrupted' || data.to === 'held') ? 'bad' : '')
      : ['failed', 'problem', 'modelFailed', 'notHeard', 'voiceFellBack'].includes(kind) ? 'bad' : '';
    entry.append(time, what);
    return entry;
  }

  #makeActs() {
    const t = this.#t;
    const acts = create('div', 'acts');
    const form = create('form');
    const text = create('input');
    text.maxLength = 4_000;
    text.placeholder = t.sayWhat;
    text.setAttribute('aria-label', t.sayWhat);
    form.append(text, Object.assign(create('button', 'primary', t.say), { type: 'submit' }));
    form.addEventListener('submit', async (event) => {
      event.preventDefault();
      if (text.value.trim() && await this.#acts.say(this.id, text.value)) text.value = '';
    });
    const hold = create('button', 'plain', t.hold);
    hold.addEventListener('click', () => this.#acts.hold(this.id));
    const close = create('button', 'plain danger', t.close);
    close.addEventListener('click', () => {
      if (close.dataset.asked) {
        this.#acts.close(this.id);
        return;
      }
      close.dataset.asked = 'yes';
      close.textContent = t.sure;
      setTimeout(() => {
        delete close.dataset.asked;
        close.textContent = t.close;
      }, SURE_MS);
    });
    acts.append(form, hold, close);
    return acts;
  }

  #toggle() {
    this.#more.hidden = !this.#more.hidden;
    this.#row.setAttribute('aria-expanded', String(this.isOpen));
    if (this.isOpen) this.#acts.open(this.id);
  }
}

/**
 * @param {string} kind
 * @param {Record<string, unknown>} data
 * @param {AdminTexts} t
 */
function detailOf(kind, data, t) {
  if (kind === 'state') {
    const [to, reason] = [String(data.to), String(data.reason)];
    const why = reason in t.reasons ? t.reasons[/** @type {keyof AdminTexts['reasons']} */ (reason)] : reason;
    return `${to in t.state ? t.state[/** @type {keyof AdminTexts['state']} */ (to)] : to} · ${why}`;
  }
  if (kind === 'pictures') return t.pictures(String(data.quality)) || '✓';
  if (kind === 'recording' || kind === 'push') return [data.target, data.state, data.reason, data.why].filter(Boolean).join(' · ');
  return String(data.text ?? data.detail ?? data.avatar ?? data.sentence ?? data.how ?? data.name ?? data.utteranceId ?? '');
}

/** @param {number} kilobits a second */
function rateOf(kilobits) {
  return kilobits >= 1_000 ? `${(kilobits / 1_000).toFixed(1)} Mb/s` : `${Math.round(kilobits)} kb/s`;
}

/** @param {number} seconds */
function clock(seconds) {
  const whole = Math.max(0, Math.round(seconds));
  const hours = Math.floor(whole / 3_600);
  const rest = `${String(Math.floor((whole % 3_600) / 60)).padStart(hours ? 2 : 1, '0')}:${String(whole % 60).padStart(2, '0')}`;
  return hours ? `${hours}:${rest}` : rest;
}

function chevron() {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('class', 'chevron');
  svg.setAttribute('viewBox', '0 0 18 18');
  svg.setAttribute('aria-hidden', 'true');
  const path = document.createElementNS('http://www.w3.org/2000/svg', 'path');
  path.setAttribute('d', 'M4 7l5 5 5-5');
  path.setAttribute('fill', 'none');
  path.setAttribute('stroke', 'currentColor');
  path.setAttribute('stroke-width', '1.8');
  svg.append(path);
  return svg;
}
