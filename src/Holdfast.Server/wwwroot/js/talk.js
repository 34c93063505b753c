import { activityOf } from './activity.js';
import { element } from './dom.js';
import { withEntry, withOutbox } from './lines.js';
import { isPlayed, placeOf, subtitleOf } from './subtitles.js';
import { Turns } from './turns.js';

/** @typedef {import('../holdfast/player.js').HoldfastPlayer} HoldfastPlayer */
/** @typedef {import('../holdfast/index.js').JournalEntry} JournalEntry */
/** @typedef {import('./conversation.js').Conversation} Conversation */
/** @typedef {import('./line.js').Word} Word */
/** @typedef {import('./preferences.js').Preferences} Preferences */
/** @typedef {import('./texts.js').Texts} Texts */

/** How often it is looked whether the next word is heard by now, while somebody speaks. */
const WORD_INTERVAL_MS = 60;
/** A word that should long have been heard was: its timestamp is another connection's. */
const LATEST_MS = 1_500;
/** An outage that was shorter than this is noted only if the page has noticed it itself. */
const SHORTEST_NOTED_MS = 1_500;

/** Follows the talk: what both sides said, whose turn it is, which word is heard, and the subtitle. */
export class Talk {
  #player;
  #conversation;
  #preferences;
  #words;
  #isListening;
  #session = 0;
  /** @readonly */
  turns = new Turns();
  /** The words that are on their way: sent, and not heard yet. @type {{ id: string, word: Word, sentAt: number }[]} */
  #coming = [];
  /** The word that is heard. @type {{ id: string, word: Word } | null} */
  #heard = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /**
   * @param {HoldfastPlayer} player
   * @param {Conversation} conversation
   * @param {Preferences} preferences
   * @param {() => Texts} words
   * @param {() => boolean} isListening whether the person is heard when they speak
   */
  constructor(player, conversation, preferences, words, isListening) {
    this.#player = player;
    this.#conversation = conversation;
    this.#preferences = preferences;
    this.#words = words;
    this.#isListening = isListening;
    const { session } = player;
    session.addEventListener('outbox', () => conversation.set(withOutbox(conversation.lines, session.outbox.items, sessionOf(session.state))));
    session.addEventListener('journal', (event) => this.#onEntry(/** @type {import('../holdfast/index.js').SessionJournalEvent} */ (event).entry));
  }

  /** Where speech is now, in a few words; empty while nobody speaks. */
  get place() {
    const { speaking } = this.#conversation;
    return speaking ? placeOf(speaking.text, this.#heard?.id === speaking.id ? this.#heard.word.offset : 0) : '';
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
    this.#conversation.think(activity === 'thinking' && turns.phase === 'thinking' && turns.isAwaited);
    const { latency } = turns;
    const took = latency && words['talk.latency'](seconds(latency.sound), latency.token === null ? null : seconds(latency.token));
    element('detail-latency', HTMLElement).textContent = took ?? words['settings.none'];
    if (latency && took) this.#conversation.time(this.#session, latency.turn, took);
    this.#showSubtitle();
  }

  /** Shows what is heard at the moment, word by word. */
  #showSubtitle() {
    const { speaking } = this.#conversation;
    const shown = this.#preferences.values.subtitles && this.#player.session.state.status === 'connected' && speaking;
    this.#player.subtitle = shown ? subtitleOf(speaking.text, this.#heard?.id === speaking.id ? this.#heard.word : null, speaking.again) : '';
  }

  /** @param {JournalEntry} entry */
  #onEntry(entry) {
    const session = sessionOf(this.#player.session.state);
    if (session === null) return;
    if (session !== this.#session) this.turns.reset();
    this.#session = session;
    this.turns.follow(entry);
    const before = this.#conversation.lines;
    const lines = withEntry(before, entry, session, this.#heardTo(before, entry.data.utteranceId));
    if (lines !== before) this.#conversation.set(lines);
    if (entry.kind === 'missed') {
      const { count } = entry.data;
      this.#conversation.note({ tone: 'quiet', words: (texts) => texts['note.missed'](count), outage: null });
    }
    const line = lines.find((one) => one.session === session && one.utteranceId !== null && one.utteranceId === entry.data.utteranceId);
    if (line && entry.kind === 'resumed') this.#onResumed(line.text, entry.data);
    if (line && entry.kind === 'accepted') this.#readOut(line.text);
    if (line?.word && entry.kind === 'word') {
      this.#coming.push({ id: line.id, word: line.word, sentAt: performance.now() });
      this.#hear();
    }
    this.render();
  }

  /**
   * Who has turned the sound off, or cannot hear it, has the answer read out by their own reader. Otherwise two would speak at once.
   * @param {string} text
   */
  #readOut(text) {
    if (this.#player.muted || this.#player.volume === 0) this.#player.announce(text);
  }

  /**
   * Up to where an utterance was heard.
   * @param {readonly import('./line.js').Line[]} lines
   * @param {string | undefined} utteranceId
   */
  #heardTo(lines, utteranceId) {
    const heard = this.#heard;
    const isIt = heard !== null && lines.some((line) => line.id === heard.id && line.utteranceId === utteranceId);
    return isIt ? heard.word.offset + heard.word.length : 0;
  }

  /**
   * @param {string} text
   * @param {{ offset: number, awayMilliseconds: number }} resumed
   */
  #onResumed(text, { offset, awayMilliseconds }) {
    const away = (awayMilliseconds / 1_000).toFixed(1);
    const place = placeOf(text, offset);
    // What was on its way when the path died was not heard; it is sent again.
    this.#coming = [];
    // What nobody noticed as an outage needs no note.
    if (awayMilliseconds < SHORTEST_NOTED_MS && !this.#conversation.notes.hasOutage) return;
    this.#conversation.notes.resumed((texts) => texts['note.resumed'](away, place), awayMilliseconds);
  }

  /** A word is shown when its sound is played, which is a little later than it is sent. */
  #hear() {
    clearTimeout(this.#timer);
    const played = this.#player.session.playedTimestamp;
    const latest = performance.now() - LATEST_MS;
    const before = this.#heard;
    while (this.#coming.length > 0 && (isPlayed(played, this.#coming[0].word.rtpTimestamp) || this.#coming[0].sentAt < latest)) {
      this.#heard = this.#coming.shift() ?? null;
    }
    if (this.#heard && this.#heard !== before) this.#conversation.play(this.#heard.id, this.#heard.word.offset + this.#heard.word.length);
    if (this.#coming.length > 0) this.#timer = setTimeout(() => this.#hear(), WORD_INTERVAL_MS);
    this.#showSubtitle();
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
