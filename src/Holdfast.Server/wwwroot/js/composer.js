import { isElsewhere, isKept } from '../holdfast/index.js';
import { create, element } from './dom.js';

/** @typedef {import('../holdfast/player.js').HoldfastPlayer} HoldfastPlayer */
/** @typedef {import('../holdfast/index.js').SayMode} SayMode */
/** @typedef {import('./texts.js').Texts} Texts */

/** Where the person writes, and the questions that they may begin with. */
export class Composer {
  #player;
  #words;
  #mode;
  #input = element('human-text', HTMLTextAreaElement);
  #samples = element('samples', HTMLElement);
  #rendered = '';

  /**
   * @param {HoldfastPlayer} player
   * @param {() => Texts} words
   * @param {() => SayMode} mode how what is written is meant
   */
  constructor(player, words, mode) {
    this.#player = player;
    this.#words = words;
    this.#mode = mode;
    element('composer', HTMLFormElement).addEventListener('submit', (event) => {
      event.preventDefault();
      this.send(this.#input.value);
    });
    this.#input.addEventListener('keydown', (event) => {
      // Enter that ends the composition of a Chinese word is not meant to send it (229: Safari reports it after the composition).
      if (event.key !== 'Enter' || event.shiftKey || event.isComposing || event.keyCode === 229) return;
      event.preventDefault();
      this.send(this.#input.value);
    });
  }

  focus() {
    this.#input.focus({ preventScroll: true });
  }

  /** @param {string} written */
  send(written) {
    const text = written.trim();
    if (text === '') return;
    this.#input.value = '';
    this.#player.session.outbox.add(text, { mode: this.#mode() });
  }

  render() {
    const { view, session } = this.#player;
    const words = this.#words();
    const mode = this.#mode();
    const canWait = isKept(session.state) && !isElsewhere(session.state);
    const here = mode === 'chat' ? 'talk.placeholder.chat' : 'talk.placeholder.echo';
    this.#input.placeholder = words[view.canTalk ? here : canWait ? 'talk.placeholder.away' : 'talk.placeholder.offline'];
    this.#renderSamples(mode === 'chat' ? words['talk.samples.chat'] : words['talk.samples.echo']);
  }

  /** @param {string[]} samples */
  #renderSamples(samples) {
    const rendered = samples.join('\n');
    if (rendered === this.#rendered) return;
    this.#rendered = rendered;
    this.#samples.replaceChildren(...samples.map((sample) => {
      const button = create('button', '', sample);
      button.type = 'button';
      button.addEventListener('click', () => {
        if (isKept(this.#player.session.state)) {
          this.send(sample);
        } else {
          this.#input.value = sample;
          this.#input.focus();
        }
      });
      const item = create('li');
      item.append(button);
      return item;
    }));
  }
}
