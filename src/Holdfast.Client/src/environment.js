import { browserSound } from './sound.js';

/** @typedef {import('./policy.js').Hint} Hint */

/**
 * What a session takes from the outside, so that it can be tested without a browser.
 * @typedef {object} Environment
 * @property {(new (configuration?: RTCConfiguration) => RTCPeerConnection) | undefined} RTCPeerConnection
 * @property {(input: string, init?: RequestInit) => Promise<Response>} fetch
 * @property {(callback: () => void, milliseconds: number) => unknown} setTimeout
 * @property {(handle: any) => void} clearTimeout
 * @property {() => number} now milliseconds, monotonic
 * @property {() => number} wallNow milliseconds since 1970, also the same after a reload
 * @property {() => number} random 0 to 1
 * @property {Pick<Storage, 'getItem' | 'setItem' | 'removeItem'> | null} storage of this tab; null where there is none
 * @property {LockManager | null} locks among the tabs; null where there are none
 * @property {((name: string) => BroadcastChannel) | null} channel among the tabs; null where there is none
 * @property {SubtleCrypto | null} subtle null on an insecure page: then no answer can be self-made
 * @property {(onHint: (hint: Exclude<Hint, 'answered'> | 'hidden' | 'offline') => void) => void} watch is told what the browser says of network and page
 * @property {import('./sound.js').Sound | null} sound of a microphone, to hear along; null where the browser cannot
 * @property {Pick<Console, 'info' | 'warn'>} log
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
    wallNow: () => Date.now(),
    random: () => Math.random(),
    storage: tabStorage(),
    locks: globalThis.navigator?.locks ?? null,
    channel: 'BroadcastChannel' in globalThis ? (name) => new BroadcastChannel(name) : null,
    subtle: globalThis.crypto?.subtle ?? null,
    watch,
    sound: browserSound(),
    log: console,
  };
}

function tabStorage() {
  try {
    return globalThis.sessionStorage ?? null;
  } catch {
    // Forbidden by the person's settings.
    return null;
  }
}

/** @type {Environment['watch']} */
function watch(onHint) {
  addEventListener('online', () => onHint('online'));
  addEventListener('offline', () => onHint('offline'));
  document.addEventListener('visibilitychange', () => onHint(document.visibilityState === 'visible' ? 'visible' : 'hidden'));
}
