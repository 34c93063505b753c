import { isElsewhere, isKept } from '../holdfast/index.js';
import { create, element } from './dom.js';
import { withEntry, withOutbox } from './lines.js';
import { isPlayed, placeOf, subtitleOf } from './subtitles.js';

/** @typedef {import('../holdfast/player.js').HoldfastPlayer} HoldfastPlayer */
/** @typedef {import('../holdfast/index.js').JournalEntry} JournalEntry */
/** @typedef {import('./conversation.js').Conversation} Conversation */
/** @typedef {import('./lines.js').Word} Word */
/** @typedef {import('./preferences.js').Preferences} Preferences */
/** @typedef {import('./texts.js').Texts} Texts */

/** How often it is looked whether the next word is heard by now, while somebody speaks. */
const WORD_INTERVAL_MS = 60;
/** A word that should long have been heard was: its timestamp is another connection's. */
const LATEST_MS = 1_500;
/** An outage that was shorter than this is noted only if the page has noticed it itself. */
const SHORTEST_NOTED_MS = 1_500;

/** What the person has the avatar say: the composer, what became of each line, and the subtitle. */
export class Talk {
  #player;
  #conversation;
  #preferences;
  #words;
  #input = element('human-text', HTMLTextAreaElement);
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
   */
  constructor(player, conversation, preferences, words) {
    this.#player = player;
    this.#conversation = conversation;
    this.#preferences = preferences;
    this.#words = words;
    const { session } = player;
    session.addEventListener('outbox', () => conversation.set(withOutbox(conversation.lines, session.outbox.items, sessionOf(session.state))));
    session.addEventListener('journal', (event) => this.#onEntry(/** @type {import('../holdfast/index.js').SessionJournalEvent} */ (event).entry));
    element('composer', HTMLFormElement).addEventListener('submit', (event) => {
      event.preventDefault();
      this.say(this.#input.value);
    });
    this.#input.addEventListener('keydown', (event) => {
      // Enter that ends the composition of a Chinese word is not meant to send it (229: Safari reports it after the composition).
      if (event.key !== 'Enter' || event.shiftKey || event.isComposing || event.keyCode === 229) return;
      event.preventDefault();
      this.say(this.#input.value);
    });
  }

  focus() {
    this.#input.focus({ preventScroll: true });
  }

  /** @param {string} typed */
  say(typed) {
    const text = typed.trim();
    if (text === '') return;
    const { session } = this.#player;
    this.#input.value = '';
    session.outbox.add(text);
  }

  /** Where speech is now, in a few words; empty while nobody speaks. */
  get place() {
    const { speaking } = this.#conversation;
    return speaking ? placeOf(speaking.text, this.#heard?.id === speaking.id ? this.#heard.word.offset : 0) : '';
  }

  /** Shows what is heard at the moment, word by word. */
  showSubtitle() {
    const { speaking } = this.#conversation;
    const shown = this.#preferences.values.subtitles && this.#player.session.state.status === 'connected' && speaking;
    this.#player.subtitle = shown ? subtitleOf(speaking.text, this.#heard?.id === speaking.id ? this.#heard.word : null, speaking.again) : '';
  }

  /** @param {JournalEntry} entry */
  #onEntry(entry) {
    const session = sessionOf(this.#player.session.state);
    if (session === null) return;
    const before = this.#conversation.lines;
    const lines = withEntry(before, entry, session, this.#heardTo(before, entry.data.utteranceId));
    if (lines !== before) this.#conversation.set(lines);
    if (entry.kind === 'missed') {
      const { count } = entry.data;
      this.#conversation.note({ tone: 'quiet', words: (texts) => texts['note.missed'](count), outage: null });
    }
    const line = lines.find((one) => one.session === session && one.utteranceId === entry.data.utteranceId);
    if (line && entry.kind === 'resumed') this.#onResumed(line.text, entry.data);
    if (line?.word && entry.kind === 'word') {
      this.#coming.push({ id: line.id, word: line.word, sentAt: performance.now() });
      this.#hear();
    }
    this.showSubtitle();
  }

  /**
   * Up to where an utterance was heard.
   * @param {readonly import('./lines.js').Line[]} lines
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
    const seconds = (awayMilliseconds / 1_000).toFixed(1);
    const place = placeOf(text, offset);
    // What was on its way when the path died was not heard; it is sent again.
    this.#coming = [];
    // What nobody noticed as an outage needs no note.
    if (awayMilliseconds < SHORTEST_NOTED_MS && !this.#conversation.hasOutage) return;
    this.#conversation.resumed((texts) => texts['note.resumed'](seconds, place));
  }

  /** A word is shown when its sound is played, which is a little later than it is sent. */
  #hear() {
    clearTimeout(this.#timer);
    const played = this.#player.session.playedTimestamp;
    const latest = performance.now() - LATEST_MS;
    while (this.#coming.length > 0 && (isPlayed(played, this.#coming[0].word.rtpTimestamp) || this.#coming[0].sentAt < latest)) {
      this.#heard = this.#coming.shift() ?? null;
    }
    if (this.#coming.length > 0) this.#timer = setTimeout(() => this.#hear(), WORD_INTERVAL_MS);
    this.showSubtitle();
  }

  render() {
    const { view, session } = this.#player;
    const canWait = isKept(session.state) && !isElsewhere(session.state);
    this.#input.placeholder = this.#words()[view.canTalk ? 'talk.placeholder' : canWait ? 'talk.placeholder.away' : 'talk.placeholder.offline'];
    this.showSubtitle();
  }

  renderSamples() {
    const buttons = this.#words()['talk.samples'].map((sample) => {
      const button = create('button', '', sample);
      button.type = 'button';
      button.addEventListener('click', () => {
        if (isKept(this.#player.session.state)) {
          this.say(sample);
        } else {
          this.#input.value = sample;
          this.#input.focus();
        }
      });
      return button;
    });
    element('samples', HTMLElement).replaceChildren(...buttons);
  }
}

/** @param {import('../holdfast/index.js').SessionState} state */
function sessionOf(state) {
  return 'sessionId' in state ? state.sessionId : null;
}
