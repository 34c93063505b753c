import { Conversation } from './conversation.js';
import { situationOf } from './fates.js';
import { withEntry, withOutbox } from './lines.js';
import { noteOf } from './notes.js';
import { isPlayed, placeOf, subtitleOf } from './subtitles.js';
import { save, transcriptOf } from './transcript.js';

/** @typedef {import('../holdfast/player.js').HoldfastPlayer} HoldfastPlayer */
/** @typedef {import('../holdfast/index.js').JournalEntry} JournalEntry */
/** @typedef {import('../holdfast/index.js').SessionState} SessionState */
/** @typedef {import('./line.js').Word} Word */
/** @typedef {import('./preferences.js').Preferences} Preferences */
/** @typedef {import('./texts.js').Texts} Texts */

/** How often it is looked whether the next word is heard by now, while somebody speaks. */
const WORD_INTERVAL_MS = 60;
/** A word that should long have been heard was: its timestamp is another connection's. */
const LATEST_MS = 1_500;
/** An outage that was shorter than this is noted only if the page has noticed it itself. */
const SHORTEST_NOTED_MS = 1_500;

/**
 * What is to be read of the talk: what both sides said, which word is heard, and the subtitle. Nobody needs it to see the avatar, so it is loaded
 * after that; what happened until then is told to it in its order.
 */
export class Dialogue {
  #player;
  #preferences;
  /** @readonly */
  conversation;
  /** The words that are on their way: sent, and not heard yet. @type {{ id: string, word: Word, sentAt: number }[]} */
  #coming = [];
  /** The word that is heard. @type {{ id: string, word: Word } | null} */
  #heard = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /**
   * @param {HoldfastPlayer} player
   * @param {Preferences} preferences
   * @param {() => Texts} words
   * @param {(turn: number) => boolean} hasFailed whether the model failed in a turn
   */
  constructor(player, preferences, words, hasFailed) {
    this.#player = player;
    this.#preferences = preferences;
    this.conversation = new Conversation(words(), {
      retry: (line) => player.session.outbox.retry(line.id),
      withdraw: (line) => void player.session.outbox.withdraw(line.id),
      hasFailed,
    });
  }

  /** Where speech is now, in a few words; empty while nobody speaks. */
  get place() {
    const { speaking } = this.conversation;
    return speaking ? placeOf(speaking.text, this.#heard?.id === speaking.id ? this.#heard.word.offset : 0) : '';
  }

  /**
   * @param {readonly import('../holdfast/index.js').OutboxItem[]} items of the outbox, which has changed
   * @param {number | null} session
   */
  takeOutbox(items, session) {
    this.conversation.set(withOutbox(this.conversation.lines, items, session));
  }

  /**
   * What a change of the session's state means for what was said.
   * @param {SessionState} state
   * @param {SessionState} previous
   * @param {(texts: Texts) => string} nameIn what the avatar is called in a language
   */
  follow(state, previous, nameIn) {
    this.conversation.situate(situationOf(state));
    const note = noteOf(state, previous, nameIn);
    if (note) this.conversation.note(note);
    if (state.status === previous.status) return;
    if (state.status === 'ended') this.conversation.endOpen(state.reason === 'stopped' ? 'stopped' : 'unknown');
    // Starting anew lets a session go whose last lines may or may not have been heard.
    if (state.status === 'starting') this.conversation.endOpen('unknown');
  }

  /** Another page reads the journal in this one's place. */
  noteDisplaced() {
    const run = () => void this.#player.session.takeBack();
    this.conversation.note({ tone: 'quiet', words: (t) => t['note.displaced'], outage: null, action: { label: 'note.follow', run } });
  }

  /**
   * Saves it as a file.
   * @param {Texts} words
   */
  save(words) {
    save(transcriptOf(this.conversation.entries, words), words['talk.file']);
  }

  /** Shows what is heard at the moment, word by word. */
  showSubtitle() {
    const { speaking } = this.conversation;
    const shown = this.#preferences.values.subtitles && this.#player.session.state.status === 'connected' && speaking;
    this.#player.subtitle = shown ? subtitleOf(speaking.text, this.#heard?.id === speaking.id ? this.#heard.word : null, speaking.again) : '';
  }

  /**
   * How the talk stands.
   * @param {boolean} isThinking whether an answer is awaited of which nothing is known yet
   * @param {{ session: number, turn: number, took: string } | null} latency how long the last turn took
   */
  render(isThinking, latency) {
    this.conversation.think(isThinking);
    if (latency) this.conversation.time(latency.session, latency.turn, latency.took);
    this.showSubtitle();
  }

  /**
   * @param {JournalEntry} entry
   * @param {number} session of which it tells
   * @param {number} sentAt when it came, by `performance.now()`
   */
  onEntry(entry, session, sentAt) {
    const before = this.conversation.lines;
    const lines = withEntry(before, entry, session, this.#heardTo(before, entry.data.utteranceId));
    if (lines !== before) this.conversation.set(lines);
    if (entry.kind === 'missed') {
      const { count } = entry.data;
      this.conversation.note({ tone: 'quiet', words: (texts) => texts['note.missed'](count), outage: null });
    }
    const line = lines.find((one) => one.session === session && one.utteranceId !== null && one.utteranceId === entry.data.utteranceId);
    if (line && entry.kind === 'resumed') this.#onResumed(line.text, entry.data);
    if (line && entry.kind === 'accepted') this.#readOut(line.text);
    if (line?.word && entry.kind === 'word') {
      this.#coming.push({ id: line.id, word: line.word, sentAt });
      this.#hear();
    }
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
    if (awayMilliseconds < SHORTEST_NOTED_MS && !this.conversation.notes.hasOutage) return;
    this.conversation.notes.resumed((texts) => texts['note.resumed'](away, place), awayMilliseconds);
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
    if (this.#heard && this.#heard !== before) this.conversation.play(this.#heard.id, this.#heard.word.offset + this.#heard.word.length);
    if (this.#coming.length > 0) this.#timer = setTimeout(() => this.#hear(), WORD_INTERVAL_MS);
    this.showSubtitle();
  }
}
