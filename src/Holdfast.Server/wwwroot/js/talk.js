import { HoldfastError, isKept } from '/holdfast/index.js';
import { errorText, texts as playerTexts } from '/holdfast/player/texts.js';
import { create, element } from './dom.js';

/** @typedef {import('/holdfast/player.js').HoldfastPlayer} HoldfastPlayer */
/** @typedef {import('./conversation.js').Conversation} Conversation */
/** @typedef {import('./lines.js').Line} Line */
/** @typedef {import('./preferences.js').Preferences} Preferences */
/** @typedef {import('./texts.js').Texts} Texts */

/** How often the server is asked what became of the lines, while some are open. */
const PROGRESS_INTERVAL_MS = 400;

/** What the person has the avatar say: the composer, the way of a line to the server, and the subtitle. */
export class Talk {
  #player;
  #conversation;
  #preferences;
  #words;
  #input = element('human-text', HTMLTextAreaElement);
  #send = element('send-human-text', HTMLButtonElement);
  #following = false;

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
    if (!this.#player.view.canTalk) {
      this.#player.notify(this.#words()[isKept(this.#player.session.state) ? 'talk.away' : 'talk.offline']);
      return;
    }
    this.#input.value = '';
    void this.deliver(this.#conversation.add(text));
  }

  /** @param {Line} line */
  async deliver(line) {
    this.#conversation.update(line.id, { status: 'sending', problem: '' });
    try {
      await this.#player.session.say(line.text);
      this.#conversation.update(line.id, { status: 'queued' });
      void this.follow();
    } catch (thrown) {
      const error = HoldfastError.from(thrown, 'network', String(thrown));
      this.#conversation.update(line.id, { status: 'failed', problem: errorText(playerTexts[this.#preferences.values.language], error) });
    }
  }

  /** Asks the server what it is saying until every line has come to its end. */
  async follow() {
    if (this.#following) return;
    this.#following = true;
    const { session } = this.#player;
    while (this.#conversation.open.length > 0 && session.state.status === 'connected') {
      const known = this.#conversation.open.map((line) => line.id);
      try {
        this.#conversation.advance(known, await session.describe());
      } catch {
        // The next answer tells; if none comes, the state of the connection does.
      }
      this.showSubtitle();
      await new Promise((resolve) => setTimeout(resolve, PROGRESS_INTERVAL_MS));
    }
    this.#following = false;
    this.showSubtitle();
  }

  showSubtitle() {
    const shown = this.#preferences.values.subtitles && this.#player.session.state.status === 'connected';
    this.#player.subtitle = shown ? this.#conversation.spoken : '';
  }

  render() {
    const { canTalk } = this.#player.view;
    this.#send.setAttribute('aria-disabled', String(!canTalk));
    this.#input.placeholder = this.#words()[canTalk ? 'talk.placeholder' : 'talk.placeholder.offline'];
    this.showSubtitle();
  }

  renderSamples() {
    const buttons = this.#words()['talk.samples'].map((sample) => {
      const button = create('button', '', sample);
      button.type = 'button';
      button.addEventListener('click', () => {
        if (this.#player.view.canTalk) {
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
