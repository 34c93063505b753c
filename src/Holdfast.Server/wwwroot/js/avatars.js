import { create, element } from './dom.js';

/** @typedef {import('../holdfast/index.js').Avatar} Avatar */

/** The choice of an avatar before a call. */
export class AvatarPicker {
  #fieldset = element('avatars', HTMLFieldSetElement);
  #previewUrl;
  #onChoice;
  /** @type {Avatar[]} */
  #avatars = [];
  #chosen = '';

  /**
   * @param {(name: string, isSmall: boolean) => string} previewUrl
   * @param {(name: string) => void} onChoice
   */
  constructor(previewUrl, onChoice) {
    this.#previewUrl = previewUrl;
    this.#onChoice = onChoice;
  }

  /** The name of the chosen avatar; empty while the server's list is not known. */
  get chosen() {
    return this.#chosen;
  }

  /**
   * @param {Avatar[]} avatars
   * @param {string} preferred taken when it is in the list, else `fallback`
   * @param {string} fallback
   */
  offer(avatars, preferred, fallback) {
    this.#avatars = avatars;
    this.#chosen = [preferred, fallback, avatars[0]?.name ?? ''].find((name) => avatars.some((avatar) => avatar.name === name)) ?? '';
  }

  /**
   * Another one was chosen elsewhere on the page.
   * @param {string} name
   */
  choose(name) {
    if (this.#avatars.some((avatar) => avatar.name === name)) this.#chosen = name;
    for (const input of this.#fieldset.querySelectorAll('input')) input.checked = input.value === this.#chosen;
  }

  /**
   * What the chosen avatar is called, or empty.
   * @param {string} language
   */
  displayName(language) {
    return nameOf(this.#avatars.find((avatar) => avatar.name === this.#chosen), language);
  }

  /** @param {string} language */
  render(language) {
    this.#fieldset.hidden = this.#avatars.length < 2;
    const labels = this.#avatars.map((avatar) => this.#label(avatar, language));
    this.#fieldset.replaceChildren(...[this.#fieldset.querySelector('legend') ?? '', ...labels]);
  }

  /**
   * @param {Avatar} avatar
   * @param {string} language
   */
  #label(avatar, language) {
    const name = nameOf(avatar, language);
    const input = create('input');
    input.type = 'radio';
    input.name = 'avatar';
    input.value = avatar.name;
    input.checked = avatar.name === this.#chosen;
    input.addEventListener('change', () => {
      this.#chosen = avatar.name;
      this.#onChoice(avatar.name);
    });
    const face = create('span', 'face');
    const picture = create('img');
    picture.alt = '';
    // The stage shows the chosen one anyway: its face needs no file of its own.
    picture.src = this.#previewUrl(avatar.name, avatar.name !== this.#chosen);
    picture.addEventListener('error', () => face.replaceChildren(name.slice(0, 1)));
    face.append(picture);
    const label = create('label');
    label.append(input, face, create('span', 'who', name));
    return label;
  }
}

/**
 * @param {Avatar | undefined} avatar
 * @param {string} language
 */
function nameOf(avatar, language) {
  return avatar ? (avatar.displayName?.[language] ?? avatar.name) : '';
}
