import { HoldfastError, isElsewhere, isKept } from '../holdfast/index.js';
import { errorText, texts as playerTexts } from '../holdfast/player/texts.js';
import { create, element } from './dom.js';
import { speeds } from './preferences.js';

/** @typedef {import('../holdfast/player.js').HoldfastPlayer} HoldfastPlayer */
/** @typedef {import('../holdfast/index.js').Avatar} Avatar */
/** @typedef {import('../holdfast/index.js').Model} Model */
/** @typedef {import('../holdfast/index.js').Voice} Voice */
/** @typedef {import('./preferences.js').Preferences} Preferences */
/** @typedef {import('./texts.js').Texts} Texts */

const paces = /** @type {(keyof typeof speeds)[]} */ (Object.keys(speeds));

/** Who is seen, who is heard, who thinks: chosen before a session or while it runs, and kept for the next one. */
export class Choices {
  #player;
  #preferences;
  #words;
  #fields = {
    avatar: element('choose-avatar', HTMLSelectElement),
    voice: element('choose-voice', HTMLSelectElement),
    speed: element('choose-speed', HTMLSelectElement),
    model: element('choose-model', HTMLSelectElement),
  };
  /** @type {readonly Avatar[]} */
  #avatars = [];
  /** @type {readonly Voice[]} */
  #voices = [];
  /** @type {readonly Model[]} */
  #models = [];

  /**
   * @param {HoldfastPlayer} player
   * @param {Preferences} preferences
   * @param {() => Texts} words
   */
  constructor(player, preferences, words) {
    this.#player = player;
    this.#preferences = preferences;
    this.#words = words;
    const { avatar, voice, speed, model } = this.#fields;
    avatar.addEventListener('change', () => void this.#choose({ avatar: avatar.value }, (session) => session.adjust({ avatar: avatar.value })));
    voice.addEventListener('change', () => void this.#choose({ voice: voice.value }, (session) => session.adjust({ voice: voice.value || 'own' })));
    speed.addEventListener('change', () => {
      const chosen = Number(speed.value);
      void this.#choose({ speed: chosen }, (session) => session.adjust({ speed: chosen }));
    });
    model.addEventListener('change', () => void this.#choose({ model: model.value }, (session) => session.chooseModel(model.value)));
  }

  /** Somebody looks: until then, or until a session needs one, no voices are asked for. */
  look() {
    void this.#askVoices();
  }

  async #askVoices() {
    if (this.#voices.length > 0) return;
    // Without a list there is nothing to choose: the server's own choice stays.
    await this.#player.session.api.voices().then(({ voices }) => this.offer({ voices }), () => {});
  }

  /** @param {{ avatars?: readonly Avatar[], voices?: readonly Voice[], models?: readonly Model[] }} lists what there is to choose from */
  offer({ avatars = this.#avatars, voices = this.#voices, models = this.#models }) {
    [this.#avatars, this.#voices, this.#models] = [avatars, voices, models];
    this.render();
  }

  /** A new session begins as the server has it: what was chosen before is asked for. */
  async begin() {
    const { voice, speed, model } = this.#preferences.values;
    // Who chose nothing needs no list before they look at one.
    if (voice !== '' || speed !== 1) await this.#askVoices();
    const known = this.#voices.some((one) => one.id === voice);
    if (known || speed !== 1) await this.#apply((session) => session.adjust({ ...(known ? { voice } : {}), ...(speed !== 1 ? { speed } : {}) }));
    if (this.#models.some((one) => one.name === model)) await this.#apply((session) => session.chooseModel(model));
  }

  render() {
    const { avatar, voice, speed, model, language } = this.#preferences.values;
    const words = this.#words();
    this.#fill('avatar', this.#avatars.map((one) => ({ value: one.name, text: one.displayName?.[language] ?? one.name })), avatar || this.#player.avatar);
    const voices = this.#voices.map((one) => ({ value: one.id, text: voiceText(one, words) }));
    this.#fill('voice', voices.length > 0 ? [{ value: '', text: words['choice.voice.own'] }, ...voices] : [], voice);
    this.#fill('speed', this.#voices.length > 0 ? paces.map((pace) => ({ value: String(speeds[pace]), text: words[`choice.speed.${pace}`] })) : [], String(speed));
    this.#fill('model', this.#models.map((one) => ({ value: one.name, text: one.offline ? words['companion.offline'] : one.displayName })), model);
  }

  /**
   * @param {'avatar' | 'voice' | 'speed' | 'model'} name
   * @param {{ value: string, text: string }[]} options
   * @param {string} chosen
   */
  #fill(name, options, chosen) {
    const field = this.#fields[name];
    /** @type {HTMLElement} */ (field.parentElement).hidden = options.length < 2;
    field.replaceChildren(...options.map(({ value, text }) => {
      const option = create('option', '', text);
      option.value = value;
      return option;
    }));
    if (options.some(({ value }) => value === chosen)) field.value = chosen;
  }

  /**
   * @param {Partial<import('./preferences.js').PreferenceValues>} preference
   * @param {(session: HoldfastPlayer['session']) => Promise<unknown>} ask
   */
  async #choose(preference, ask) {
    const { state } = this.#player.session;
    if (isKept(state) && !isElsewhere(state) && !(await this.#apply(ask))) return this.render();
    this.#preferences.set(preference);
  }

  /**
   * @param {(session: HoldfastPlayer['session']) => Promise<unknown>} ask
   * @returns {Promise<boolean>} whether the server did it; where not, the person is told why
   */
  async #apply(ask) {
    try {
      await ask(this.#player.session);
      return true;
    } catch (thrown) {
      this.#player.notify(errorText(playerTexts[this.#player.language], HoldfastError.from(thrown, 'network', String(thrown))));
      return false;
    }
  }
}

/**
 * What a voice is called: the two that every server has by what they are, all others as the server calls them.
 * @param {Voice} voice
 * @param {Texts} words
 */
function voiceText({ id, languages }, words) {
  if (id === 'female' || id === 'male') return words[`choice.voice.${id}`];
  return languages.length > 0 ? `${id} (${languages.join(', ')})` : id;
}
