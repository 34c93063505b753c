/**
 * What went wrong, as a word to decide by:
 * - `network`: the server could not be asked at all;
 * - `timeout`: it did not answer in time;
 * - `full`: it has no room for another session now;
 * - `restarting`: it is stopping, keeps its sessions, and will be back;
 * - `busy`: too much is asked of this session at once;
 * - `refused`: it understood and said no (a wrong offer, an unknown avatar, an empty text);
 * - `unauthorized`: the resume token is not (or no longer) right;
 * - `gone`: the session does not exist any more; `reason` says how it ended, where the server still knows;
 * - `replaced`: another client took the session over;
 * - `contested`: another client is coming back with the session at this moment;
 * - `server`: it failed on its side;
 * - `malformed`: it answered something that this client does not understand;
 * - `unsupported`: this browser has no WebRTC;
 * - `negotiation`: the browser could not make an offer, or did not accept the answer;
 * - `unreachable`: HTTP works, but no media path was found;
 * - `not-connected`: asked for something that needs a session;
 * - `cancelled`: stopped by the caller while starting.
 * @typedef {'network' | 'timeout' | 'full' | 'restarting' | 'busy' | 'refused' | 'unauthorized' | 'gone' | 'replaced' | 'contested' | 'server' | 'malformed'
 *   | 'unsupported' | 'negotiation' | 'unreachable' | 'not-connected' | 'cancelled'} HoldfastErrorCode
 */

/** An expected failure of a session, with a code to decide by and a sentence to read. */
export class HoldfastError extends Error {
  /**
   * @param {HoldfastErrorCode} code
   * @param {string} message a sentence for a person, in English
   * @param {{ status?: number, detail?: string, reason?: string, retryAfterSeconds?: number, cause?: unknown }} [more]
   */
  constructor(code, message, more = {}) {
    super(message, { cause: more.cause });
    this.name = 'HoldfastError';
    /** @readonly */
    this.code = code;
    /** The HTTP status, where there was one. @readonly */
    this.status = more.status ?? null;
    /** The server's own words about this case (`detail` of the problem details), where it sent some. @readonly */
    this.detail = more.detail ?? null;
    /** How the session ended, as the server's word (`graceOver`, `closedByOwner`, ...), where it is over. @readonly */
    this.reason = more.reason ?? null;
    /** How long the server asks to wait before the next try, where it said so. @readonly */
    this.retryAfterSeconds = more.retryAfterSeconds ?? null;
  }

  /**
   * Any thrown value as a `HoldfastError`; one that already is one is handed back as it is.
   * @param {unknown} thrown
   * @param {HoldfastErrorCode} code for everything else
   * @param {string} message
   */
  static from(thrown, code, message) {
    return thrown instanceof HoldfastError ? thrown : new HoldfastError(code, message, { cause: thrown });
  }
}

/**
 * The error that an HTTP answer stands for (RFC 9457 problem details, or whatever else came).
 * @param {Response} response one that is not ok
 * @returns {Promise<HoldfastError>}
 */
export async function errorFromResponse(response) {
  const problem = await readProblem(response);
  const detail = text(problem?.detail);
  const title = text(problem?.title);
  return new HoldfastError(codeOf(response.status, text(problem?.type)), detail ?? title ?? `The server answered ${response.status}.`, {
    status: response.status,
    detail: detail ?? title,
    reason: text(problem?.reason),
    retryAfterSeconds: retryAfter(response),
  });
}

/**
 * What a kind of problem means where its status does not say enough.
 * @type {Record<string, HoldfastErrorCode | undefined>}
 */
const codesOfProblems = {
  'urn:holdfast:problem:replaced': 'replaced',
  'urn:holdfast:problem:another-is-reconnecting': 'contested',
  'urn:holdfast:problem:not-connected': 'not-connected',
  'urn:holdfast:problem:stopping': 'restarting',
};

/**
 * @param {number} status
 * @param {string | undefined} type of the problem
 * @returns {HoldfastErrorCode}
 */
function codeOf(status, type) {
  const known = type && codesOfProblems[type];
  if (known) return known;
  if (status === 401 || status === 403) return 'unauthorized';
  if (status === 404 || status === 410) return 'gone';
  if (status === 429) return 'busy';
  if (status === 503) return 'full';
  return status < 500 ? 'refused' : 'server';
}

/**
 * @param {Response} response
 * @returns {Promise<Record<string, unknown> | null>}
 */
async function readProblem(response) {
  if (!/\bjson\b/.test(response.headers.get('content-type') ?? '')) return null;
  try {
    const body = await response.json();
    return typeof body === 'object' ? body : null;
  } catch {
    return null;
  }
}

/** @param {Response} response */
function retryAfter(response) {
  const header = response.headers.get('retry-after');
  return header !== null && /^\d+$/.test(header) ? Number(header) : undefined;
}

/** @param {unknown} value */
function text(value) {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
