/**
 * A part of the page that is loaded when it is first needed, or quietly once the avatar is seen. Where it cannot be loaded, the next who needs it
 * tries again.
 * @template M, T
 */
export class Later {
  #load;
  #make;
  /** @type {Promise<T> | null} */
  #made = null;
  /** @type {T | null} */
  #part = null;

  /**
   * @param {() => Promise<M>} load brings its module
   * @param {(module: M) => T} make makes it, once
   */
  constructor(load, make) {
    this.#load = load;
    this.#make = make;
  }

  /** The part, if it is there. */
  get now() {
    return this.#part;
  }

  /** @returns {Promise<T>} rejected where it cannot be loaded */
  get() {
    this.#made ??= this.#load().then((module) => (this.#part = this.#make(module)));
    this.#made.catch(() => (this.#made = null));
    return this.#made;
  }
}
