/**
 * What a session takes from the outside, so that it can be tested without a browser.
 * @typedef {object} Environment
 * @property {(new (configuration?: RTCConfiguration) => RTCPeerConnection) | undefined} RTCPeerConnection
 * @property {(input: string, init?: RequestInit) => Promise<Response>} fetch
 * @property {(callback: () => void, milliseconds: number) => unknown} setTimeout
 * @property {(handle: any) => void} clearTimeout
 * @property {() => number} now milliseconds, monotonic
 */

/**
 * The environment that a browser gives.
 * @returns {Environment}
 */
export function browserEnvironment() {
  return {
    RTCPeerConnection: globalThis.RTCPeerConnection,
    fetch: (input, init) => globalThis.fetch(input, init),
    setTimeout: (callback, milliseconds) => globalThis.setTimeout(callback, milliseconds),
    clearTimeout: (handle) => globalThis.clearTimeout(handle),
    now: () => performance.now(),
  };
}
