import { Later } from './later.js';

/**
 * A part that is loaded later, and must miss nothing of what happens until then: it is told it in its order, once it is there.
 * @template M, T
 * @extends {Later<M, T>}
 */
export class Queue extends Later {
  /** @type {((part: T) => void)[]} */
  #untold = [];
  #isWanted = false;

  /**
   * @param {() => Promise<M>} load brings its module
   * @param {(module: M) => T} make makes it, once
   */
  constructor(load, make) {
    super(load, (module) => {
      const made = make(module);
      for (let run = this.#untold.shift(); run; run = this.#untold.shift()) run(made);
      return made;
    });
  }

  /** @override */
  get() {
    this.#isWanted = true;
    return super.get();
  }

  /** @param {(part: T) => void} run what the part has to hear: now, or once it is there. One that was asked for and could not be loaded is asked for again */
  tell(run) {
    const { now } = this;
    if (now) return run(now);
    this.#untold.push(run);
    if (this.#isWanted) this.get().catch(() => {});
  }
}
