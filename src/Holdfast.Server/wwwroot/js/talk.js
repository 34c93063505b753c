import { activityOf } from './activity.js';
import { element } from './dom.js';
import { Turns } from './turns.js';

/** @typedef {import('../holdfast/player.js').HoldfastPlayer} HoldfastPlayer */
/** @typedef {import('./dialogue.js').Dialogue} Dialogue */
/** @typedef {import('./texts.js').Texts} Texts */

/** Follows whose turn it is, and hands on what is to be read of the talk to the part of the page that shows it. */
export class Talk {
  #player;
  #dialogue;
  #words;
  #isListening;
  #session = 0;
  /** @readonly */
  turns = new Turns();

  /**
   * @param {HoldfastPlayer} player
   * @param {Pick<import('./queue.js').Queue<unknown, Dialogue>, 'now' | 'tell'>} dialogue
   * @param {() => Texts} words
   * @param {() => boolean} isListening whether the person is heard when they speak
   */
  constructor(player, dialogue, words, isListening) {
    this.#player = player;
    this.#dialogue = dialogue;
    this.#words = words;
    this.#isListening = isListening;
    const { session } = player;
    session.addEventListener('outbox', () => {
      const { items } = session.outbox;
      const id = sessionOf(session.state);
      dialogue.tell((made) => made.takeOutbox(items, id));
    });
    session.addEventListener('journal', (event) => this.#onEntry(/** @type {import('../holdfast/index.js').SessionJournalEvent} */ (event).entry));
  }

  /** The one state of the conversation. */
  get activity() {
    const { session } = this.#player;
    return activityOf(session.state, this.turns, { isListening: this.#isListening(), isDisplaced: session.isDisplaced, keeping: session.keeping });
  }

  /** Asks the server how the conversation stands: the journal may have forgotten it. */
  async refresh() {
    try {
      const { sessionId, conversation } = await this.#player.session.describe();
      if (conversation && sessionId === this.#session) this.turns.take(conversation);
    } catch {
      // What the journal tells is enough for nearly everything, and a heartbeat follows soon that says what is wrong.
    }
    this.render();
  }

  render() {
    const { activity, turns } = this;
    const words = this.#words();
    const line = element('talk-state', HTMLElement);
    line.dataset.activity = activity;
    element('talk-state-text', HTMLElement).textContent = words[`now.${activity}`];
    this.#player.activity = activity === 'hearing' || activity === 'thinking' || activity === 'speaking' || activity === 'listening' ? activity : '';
    const { latency } = turns;
    const took = latency && words['talk.latency'](seconds(latency.sound), latency.token === null ? null : seconds(latency.token));
    element('detail-latency', HTMLElement).textContent = took ?? words['settings.none'];
    const isThinking = activity === 'thinking' && turns.phase === 'thinking' && turns.isAwaited;
    this.#dialogue.now?.render(isThinking, latency && took ? { session: this.#session, turn: latency.turn, took } : null);
  }

  /** @param {import('../holdfast/index.js').JournalEntry} entry */
  #onEntry(entry) {
    const session = sessionOf(this.#player.session.state);
    if (session === null) return;
    if (session !== this.#session) this.turns.reset();
    this.#session = session;
    this.turns.follow(entry);
    const at = performance.now();
    this.#dialogue.tell((made) => made.onEntry(entry, session, at));
    this.render();
  }
}

/** @param {number} milliseconds */
function seconds(milliseconds) {
  return (milliseconds / 1_000).toFixed(milliseconds < 9_950 ? 1 : 0);
}

/** @param {import('../holdfast/index.js').SessionState} state */
function sessionOf(state) {
  return 'sessionId' in state ? state.sessionId : null;
}
