/**
 * A promise that is settled from the outside.
 * @template T
 * @typedef {{ promise: Promise<T>, resolve: (value: T) => void, reject: (error: unknown) => void }} Deferred
 */

/**
 * @template T
 * @returns {Deferred<T>}
 */
export function deferred() {
  /** @type {(value: T) => void} */
  let resolve = () => {};
  /** @type {(error: unknown) => void} */
  let reject = () => {};
  const promise = new Promise((/** @type {(value: T) => void} */ yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}
