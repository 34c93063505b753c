/**
 * What went wrong, as a word to decide by:
 * - `network`: the server could not be asked at all;
 * - `timeout`: it did not answer in time;
 * - `full`: it has no room for another session now;
 * - `restarting`: it is stopping; whether it keeps the session, the journal says once it is known;
 * - `busy`: too much is asked of this session at once;
 * - `refused`: it understood and said no (a wrong offer, an unknown avatar, an empty text);
 * - `wordless`: there is nothing in a text that could be said aloud: an emoji, dots;
 * - `unauthorized`: the resume token is not (or no longer) right;
 * - `sign-in`: the server starts no session for somebody it does not know, or what this page showed is not valid;
 * - `gone`: the session does not exist any more; `reason` says how it ended, where the server still knows;
 * - `replaced`: another client took the session over;
 * - `contested`: another client is coming back with the session at this moment;
 * - `server`: it failed on its side;
 * - `foreign`: something else answered in its place: a proxy, a login page, a firewall, another server. Says nothing about a session;
 * - `malformed`: it answered something that this client does not understand;
 * - `unsupported`: this browser has no WebRTC;
 * - `negotiation`: the browser could not make an offer, or did not accept the answer;
 * - `unreachable`: HTTP works, but no media path was found;
 * - `not-connected`: asked for something that needs a session;
 * - `elsewhere`: another server has the session, and it is not where a page may go;
 * - `cancelled`: stopped by the caller while starting.
 * @typedef {'network' | 'timeout' | 'full' | 'restarting' | 'busy' | 'refused' | 'wordless' | 'unauthorized' | 'sign-in' | 'gone' | 'replaced' | 'contested' | 'server' | 'foreign'
 *   | 'malformed' | 'unsupported' | 'negotiation' | 'unreachable' | 'not-connected' | 'elsewhere' | 'cancelled'} HoldfastErrorCode
 */

/** An expected failure of a session, with a code to decide by and a sentence to read. */
export class HoldfastError extends Error {
  /**
   * @param {HoldfastErrorCode} code
   * @param {string} message a sentence for a person, in English
   * @param {{ status?: number, detail?: string, reason?: string, retryAfterSeconds?: number, address?: string, cause?: unknown }} [more]
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
    /** Which server has the session, with `elsewhere`. @readonly */
    this.address = more.address ?? null;
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

/** Holdfast's own refusals have a type that begins so, and nobody else's have. */
const OWN = 'urn:holdfast:problem:';
/** On every answer of the API; seen where the page may read it (same origin, or exposed by CORS). */
const MARK = 'holdfast-api';

const UNHEARD = new Set(['network', 'timeout', 'foreign', 'malformed']);

/**
 * Whether an error only says that the server was not heard: it may not even know of the call.
 * @param {HoldfastError} error
 */
export function isUnheard({ code }) {
  return UNHEARD.has(code);
}

/**
 * The error that a refusal stands for. Only Holdfast's own problem details (RFC 9457) say anything about a session: whatever stands
 * between a page and the server may answer with any status.
 * @param {Response} response one that is not a success
 * @returns {Promise<HoldfastError>}
 */
export async function errorFromResponse(response) {
  const problem = await readProblem(response);
  const type = text(problem?.type);
  if (!problem || !type?.startsWith(OWN)) return foreign(response);
  const detail = text(problem.detail) ?? text(problem.title);
  return new HoldfastError(codeOf(response.status, type.slice(OWN.length)), detail ?? `The server answered ${response.status}.`, {
    status: response.status,
    detail,
    reason: text(problem.reason),
    retryAfterSeconds: retryAfter(response),
    address: text(problem.address),
  });
}

/**
 * The error for a success that is none of Holdfast's: a page of HTML, somebody's JSON, half an answer.
 * @param {Response} response
 * @param {unknown} [cause]
 */
export function notOurs(response, cause) {
  if (!response.headers.has(MARK)) return foreign(response, cause);
  return new HoldfastError('malformed', 'The server answered something that this page does not understand.', { status: response.status, cause });
}

/**
 * @param {Response} response
 * @param {unknown} [cause]
 */
function foreign(response, cause) {
  // A redirect is not followed (its status is hidden): calls of the API are never moved, but people are sent to sign in.
  void response.body?.cancel().catch(() => {}); // May have been read already; a connection is not held for what nobody wants.
  const how = response.type === 'opaqueredirect' ? 'a redirect' : String(response.status);
  return new HoldfastError('foreign', `Something that is not Holdfast answered in its place (${how}).`, {
    status: response.status,
    retryAfterSeconds: retryAfter(response),
    cause,
  });
}

/**
 * What the kinds of Holdfast's problems mean, where their status does not say enough.
 * @type {Record<string, HoldfastErrorCode | undefined>}
 */
const codesOfProblems = {
  'not-owner': 'unauthorized',
  'sign-in': 'sign-in',
  'unknown-session': 'gone',
  'session-ended': 'gone',
  replaced: 'replaced',
  'another-is-reconnecting': 'contested',
  'not-connected': 'not-connected',
  stopping: 'restarting',
  'too-slow': 'timeout',
  'nothing-to-say': 'wordless',
  full: 'full',
  elsewhere: 'elsewhere',
};

/**
 * @param {number} status
 * @param {string} kind of the problem. One that is not known here says nothing about the session.
 * @returns {HoldfastErrorCode}
 */
function codeOf(status, kind) {
  const known = Object.hasOwn(codesOfProblems, kind) ? codesOfProblems[kind] : undefined;
  if (known) return known;
  if (status === 429) return 'busy';
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
    return typeof body === 'object' && !Array.isArray(body) ? body : null;
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
