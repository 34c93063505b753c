import { HoldfastError, errorFromResponse, notOurs } from './errors.js';
import { isAvatars, isCreated, isModels, isReconnected, isRecorded, isRestarted, isServer, isStopped, isTaken, isVitals, isVoices } from './shapes.js';

/** @typedef {import('./environment.js').Environment} Environment */

/**
 * @typedef {object} CreatedSession
 * @property {number} sessionId
 * @property {string} resumeToken proves every later call; kept by the client, never shown
 * @property {number} generation
 * @property {RTCSessionDescriptionInit} answer
 * @property {{ secret: string, tag: string }} ice
 * @property {number} graceSeconds
 * @property {number} heartbeatSeconds
 */

/**
 * @typedef {object} SessionCredentials
 * @property {number} sessionId
 * @property {string} resumeToken
 */

/**
 * @typedef {object} Avatar
 * @property {string} name
 * @property {Record<string, string>} displayName by language: `zh-CN`, `en`
 */

/**
 * A voice that the server has.
 * @typedef {object} Voice
 * @property {string} id
 * @property {string} engine what speaks
 * @property {readonly string[]} languages BCP 47 tags; empty: any, or not known
 */

/**
 * A model that the server can ask.
 * @typedef {object} Model
 * @property {string} name
 * @property {string} displayName
 * @property {boolean} offline whether it is the companion that comes with the server, and no language model
 */

/**
 * How a text is meant: the avatar says it as it stands (`echo`), or the model is asked and the avatar says its answer (`chat`).
 * @typedef {'echo' | 'chat'} SayMode
 */

/**
 * When the person is heard: whenever they speak, or only while they hold a button.
 * @typedef {'handsFree' | 'pushToTalk'} ListeningMode
 */

/**
 * How the session's conversation stands.
 * @typedef {object} ConversationView
 * @property {'quiet' | 'hearing' | 'deciding' | 'thinking' | 'speaking'} phase
 * @property {number} turn
 * @property {string} model
 * @property {boolean} offline
 * @property {number} waiting questions that wait for their turn
 * @property {{ available: boolean, reason?: string, mode?: string }} [listening] whether the person's voice is understood
 */

/**
 * Who is to be seen and heard, and how; what is left out stays.
 * @typedef {object} Wishes
 * @property {string} [avatar] from the next picture on
 * @property {string} [voice] from the next sentence on; `own` for the avatar's own
 * @property {number} [speed] 0.5 to 2; 1 is usual
 * @property {number} [pitch] 0.5 to 2; 1 is usual
 */

/**
 * What the server knows of a session, as far as a page needs it.
 * @typedef {Vitals & { sessionId: number, avatar: string, voice: string | null, speed: number, pitch: number, speaking: boolean, queued: number, conversation: ConversationView | null }} SessionView
 */

/**
 * What the server says of a session's life.
 * @typedef {object} Vitals
 * @property {string} state
 * @property {number} generation
 * @property {number} expiresInSeconds how long it is kept from now on, if nothing is heard
 */

/**
 * How far a connection's sound was played: the RTP timestamp of the packet that was heard last.
 * @typedef {{ rtpTimestamp: number }} Played
 */

/**
 * What becomes of what is being said while nobody can hear it: `pause` (the default) goes on where it was heard last, `finish` goes on
 * unheard, `drop` gives the rest of it up.
 * @typedef {'pause' | 'finish' | 'drop'} GapPolicy
 */

/**
 * Who calls: a ticket of the server, or a token of the app's login; a function where it changes. It is sent as `Authorization: Bearer`, with every call.
 * @typedef {string | null | (() => string | null | Promise<string | null>)} Authorization
 */

/** How long the server may take to answer a call. */
const REQUEST_TIMEOUT_MS = 10_000;
/** A minute of sound over a slow line. */
const RECORDING_TIMEOUT_MS = 60_000;
/** Servers that send a call to each other in a circle are asked no further. */
const MOST_HOPS = 3;
/** What a server says, or what keeps it from saying anything, after which the first one is asked where the session is. */
const MOVED = new Set(['gone', 'elsewhere', 'foreign', 'restarting']);
/** The next heartbeat follows soon enough. */
const HEARTBEAT_TIMEOUT_MS = 5_000;

/**
 * The HTTP calls of a session. Every failure is a `HoldfastError`, and so is every answer that is not Holdfast's own: whatever stands
 * between a page and the server can answer with any status and any body, and what it says is not about the session.
 */
export class SessionApi {
  #environment;
  #baseUrl;
  /** @type {Authorization} */
  #authorization;
  /** Where sessions are that another server has, by what the servers said; not kept over a reload: the first one is asked anew. @type {Map<number, string>} */
  #elsewhere = new Map();

  /**
   * @param {Environment} environment
   * @param {string} [baseUrl] without a slash at its end; the page's own origin by default
   * @param {Authorization} [authorization] where the app or the server wants to know who calls
   */
  constructor(environment, baseUrl = '', authorization = null) {
    this.#environment = environment;
    this.#baseUrl = baseUrl;
    this.#authorization = authorization;
  }

  /**
   * Asks for a new session.
   * @param {string} sdp the browser's offer
   * @param {{ avatar?: string, graceSeconds?: number, gapPolicy?: GapPolicy, answersToId?: boolean }} [wishes] the server's defaults where they are left out
   * @returns {Promise<CreatedSession>}
   */
  async create(sdp, { avatar, graceSeconds, gapPolicy, answersToId } = {}) {
    return await this.#call('POST', '/api/sessions', null, isCreated, {
      body: { sdp, type: 'offer', ...(avatar ? { avatar } : {}), ...(graceSeconds ? { graceSeconds } : {}), ...(gapPolicy ? { gapPolicy } : {}), ...(answersToId ? { answersToId } : {}) },
    });
  }

  /**
   * What the server knows of a session.
   * @param {SessionCredentials} session
   * @returns {Promise<SessionView>}
   */
  get(session) {
    return this.#call('GET', pathOf(session), session, isVitals);
  }

  /**
   * Tells the server that this client lives, although its connection may not.
   * @param {SessionCredentials} session
   * @param {Played | null} [played]
   * @returns {Promise<Vitals>}
   */
  heartbeat(session, played) {
    return this.#call('POST', `${pathOf(session)}/heartbeat`, session, isVitals, { timeoutMs: HEARTBEAT_TIMEOUT_MS, ...(played ? { body: { played } } : {}) });
  }

  /**
   * Asks for a new path for the connection there is (level 2).
   * @param {SessionCredentials} session
   * @param {string} sdp the browser's restarting offer
   * @param {{ played?: Played | null, signal?: AbortSignal }} [more]
   * @returns {Promise<{ generation: number, answer: RTCSessionDescriptionInit }>}
   */
  restart(session, sdp, { played, signal } = {}) {
    return this.#call('PATCH', `${pathOf(session)}/connection`, session, isRestarted, { body: { sdp, type: 'offer', ...(played ? { played } : {}) }, signal });
  }

  /**
   * Asks for a new connection for the session (level 3).
   * @param {SessionCredentials} session
   * @param {string} sdp the new connection's offer
   * @param {string} client tells this tab from another
   * @param {{ played?: Played | null, signal?: AbortSignal }} [more] `played` on the connection before
   * @returns {Promise<{ generation: number, resumeToken: string, answer: RTCSessionDescriptionInit, ice: { secret: string, tag: string } }>}
   */
  reconnect(session, sdp, client, { played, signal } = {}) {
    return this.#call('POST', `${pathOf(session)}/connections`, session, isReconnected, { body: { sdp, type: 'offer', client, ...(played ? { played } : {}) }, signal });
  }

  /**
   * Loses every packet of the session for a while. Only a server in Development does this.
   * @param {SessionCredentials} session
   * @param {number} seconds 1 to 120
   * @returns {Promise<void>}
   */
  async outage(session, seconds) {
    await this.#call('POST', `${pathOf(session)}/outage`, session, null, { body: { seconds } });
  }

  /**
   * Opens the session's journal from an entry on, as a stream of server-sent events.
   * @param {SessionCredentials} session
   * @param {number} after the last entry that is known already
   * @param {AbortSignal} signal ends it
   * @returns {Promise<ReadableStream<Uint8Array>>}
   */
  async events(session, after, signal) {
    const response = await this.#fetch(session, `${pathOf(session)}/events`, async () => ({
      method: 'GET',
      signal,
      cache: 'no-store',
      redirect: 'manual',
      headers: { Accept: 'text/event-stream', ...(await this.#credentials(session)), 'Last-Event-ID': String(after) },
    }));
    if (!response.body || !/^text\/event-stream\b/i.test(response.headers.get('content-type') ?? '')) throw notOurs(response);
    return response.body;
  }

  /**
   * What this server is like.
   * @returns {Promise<{ version: string, graceSeconds: number, heartbeatSeconds: number, outage: boolean }>} `outage`: whether it can pull the plug
   */
  server() {
    return this.#call('GET', '/api/server', null, isServer);
  }

  /**
   * Ends a session for good.
   * @param {SessionCredentials} session
   * @returns {Promise<void>}
   */
  async close(session) {
    await this.#call('DELETE', pathOf(session), session, null);
  }

  /**
   * Lets the avatar speak a text as it stands, or asks it something.
   * @param {SessionCredentials} session
   * @param {string} text
   * @param {{ key?: string, mode?: SayMode, interrupt?: boolean }} [more] `key`: the same for every try to send this text: the server takes it
   * once. `interrupt`: a question stops the answer that is being given; otherwise it waits its turn
   * @returns {Promise<{ utteranceId?: string, questionId?: string }>} the one for `echo`, the other for `chat`
   */
  say(session, text, { key, mode = 'echo', interrupt } = {}) {
    return this.#call('POST', `${pathOf(session)}/say`, session, isTaken, { body: { text, mode, ...(key ? { key } : {}), ...(interrupt ? { interrupt } : {}) } });
  }

  /**
   * Another face, another voice or another way to speak for a session that runs.
   * @param {SessionCredentials} session
   * @param {Wishes} wishes what is left out stays
   * @returns {Promise<SessionView>}
   */
  adjust(session, { avatar, voice, speed, pitch }) {
    return this.#call('PATCH', pathOf(session), session, isVitals, {
      body: { ...(avatar ? { avatar } : {}), ...(voice ? { voice } : {}), ...(speed ? { speed } : {}), ...(pitch ? { pitch } : {}) },
    });
  }

  /**
   * How large the pictures are seen, in pixels of the screen.
   * @param {SessionCredentials} session
   * @param {{ width: number, height: number }} size whole numbers, 1 to 16,384
   * @returns {Promise<void>}
   */
  async fitStage(session, size) {
    await this.#call('PUT', `${pathOf(session)}/stage`, session, null, { body: size });
  }

  /**
   * Another model, from the next question on.
   * @param {SessionCredentials} session
   * @param {string} model
   * @returns {Promise<void>}
   */
  async chooseModel(session, model) {
    await this.#call('PUT', `${pathOf(session)}/model`, session, null, { body: { model } });
  }

  /**
   * How the person wants to be heard.
   * @param {SessionCredentials} session
   * @param {{ mode: ListeningMode, talking?: boolean }} wish `talking`: the button is held
   * @returns {Promise<void>}
   */
  async listen(session, { mode, talking = false }) {
    await this.#call('PUT', `${pathOf(session)}/microphone`, session, null, { body: { mode, talking } });
  }

  /**
   * Sends what the person said while the connection was lost.
   * @param {SessionCredentials} session
   * @param {Uint8Array<ArrayBuffer>} file WAV, or Opus in WebM or Ogg; 60 s and 2 MiB at the most
   * @param {{ key: string, agoMs?: number }} more `key`: the same for every try to send it; `agoMs`: how long ago it began
   * @returns {Promise<{ seconds: number }>}
   */
  sendRecording(session, file, { key, agoMs }) {
    const query = new URLSearchParams({ key, ...(agoMs === undefined ? {} : { from: String(agoMs) }) });
    return this.#call('POST', `${pathOf(session)}/microphone/recording?${query}`, session, isRecorded, { file, timeoutMs: RECORDING_TIMEOUT_MS });
  }

  /**
   * Stops what is being said and forgets what was to be said.
   * @param {SessionCredentials} session
   * @returns {Promise<{ stopped: number }>} how many utterances that were
   */
  interrupt(session) {
    return this.#call('POST', `${pathOf(session)}/interrupt`, session, isStopped);
  }

  /**
   * The avatars this server has.
   * @returns {Promise<{ avatars: Avatar[], default: string }>}
   */
  avatars() {
    return this.#call('GET', '/api/avatars', null, isAvatars);
  }

  /**
   * The voices this server has.
   * @returns {Promise<{ voices: Voice[] }>}
   */
  voices() {
    return this.#call('GET', '/api/voices', null, isVoices);
  }

  /**
   * The models this server can ask; none where it holds no conversations.
   * @returns {Promise<{ models: Model[], default: string }>}
   */
  models() {
    return this.#call('GET', '/api/models', null, isModels);
  }

  /**
   * Where the picture of an avatar is (WebP or PNG, 512 by 512).
   * @param {string} name
   * @param {{ small?: boolean }} [options] small: 128 by 128, for a list to choose from
   */
  previewUrl(name, { small = false } = {}) {
    return `${this.#baseUrl}/api/avatars/${encodeURIComponent(name)}/preview.png${small ? '?size=small' : ''}`;
  }

  /**
   * The session's token is in a header of its own where the other one is taken.
   * @param {SessionCredentials | null} session
   * @returns {Promise<Record<string, string>>}
   */
  async #credentials(session) {
    const caller = typeof this.#authorization === 'function' ? await this.#authorization() : this.#authorization;
    if (!caller) return session ? { Authorization: `Bearer ${session.resumeToken}` } : {};
    return { Authorization: `Bearer ${caller}`, ...(session ? { 'Holdfast-Resume-Token': session.resumeToken } : {}) };
  }

  /**
   * Asks where the session is. A server that does not have it may name the one that has: it is asked then, with the same call. Nobody else is believed
   * about that, and a redirect is never followed: the session's token goes where it goes.
   * @param {SessionCredentials | null} session
   * @param {string} path
   * @param {() => Promise<RequestInit>} request
   * @returns {Promise<Response>} a success
   */
  async #fetch(session, path, request) {
    for (let hops = 0; ; hops++) {
      const asked = (session && this.#elsewhere.get(session.sessionId)) ?? this.#baseUrl;
      const isAway = asked !== this.#baseUrl;
      try {
        const response = await this.#environment.fetch(asked + path, await request());
        if (response.ok) return response;
        throw await errorFromResponse(response);
      } catch (thrown) {
        if (!session) throw thrown;
        const error = thrown instanceof HoldfastError ? thrown : null;
        const address = error?.code === 'elsewhere' ? addressOf(error.address, asked) : null;
        if (address !== null && address !== asked && hops < MOST_HOPS) {
          this.#elsewhere.set(session.sessionId, address);
          continue;
        }
        // Whoever had it does not have it any more, or is gone: the first server is asked again, now or the next time.
        if (isAway && (!error || MOVED.has(error.code))) this.#elsewhere.delete(session.sessionId);
        if (isAway && error?.code === 'gone' && error.reason === null && hops < MOST_HOPS) continue;
        throw thrown;
      }
    }
  }

  /**
   * @param {string} method
   * @param {string} path
   * @param {SessionCredentials | null} session
   * @param {import('./shapes.js').Shape | null} shape of a success; null: it has no body
   * @param {{ body?: unknown, file?: Uint8Array<ArrayBuffer>, signal?: AbortSignal, timeoutMs?: number }} [more] `file`: a body of another type, found in its bytes
   * @returns {Promise<any>}
   */
  async #call(method, path, session, shape, { body, file, signal, timeoutMs = REQUEST_TIMEOUT_MS } = {}) {
    const { setTimeout, clearTimeout } = this.#environment;
    const abort = new AbortController();
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      abort.abort();
    }, timeoutMs);
    const giveUp = () => abort.abort();
    signal?.addEventListener('abort', giveUp);
    try {
      signal?.throwIfAborted();
      const response = await this.#fetch(session, path, async () => ({
        method,
        signal: abort.signal,
        cache: 'no-store',
        redirect: 'manual',
        headers: {
          Accept: 'application/json',
          ...(await this.#credentials(session)),
          ...(file ? { 'Content-Type': 'application/octet-stream' } : body === undefined ? {} : { 'Content-Type': 'application/json' }),
        },
        body: file ?? (body === undefined ? undefined : JSON.stringify(body)),
      }));
      return await contentOf(response, shape);
    } catch (thrown) {
      if (signal?.aborted) throw new HoldfastError('cancelled', 'The call was given up.', { cause: thrown });
      if (late) throw new HoldfastError('timeout', 'The server did not answer in time.', { cause: thrown });
      throw HoldfastError.from(thrown, 'network', 'The server cannot be reached.');
    } finally {
      signal?.removeEventListener('abort', giveUp);
      clearTimeout(timer);
    }
  }
}

/**
 * An address that a server named, without a slash at its end; null where a token is not to be sent there: something else than HTTP, with a name and a
 * password in it, or unencrypted where the one who named it is not.
 * @param {string | null} text
 * @param {string} asked who named it; empty: the page's own server
 */
function addressOf(text, asked) {
  const from = URL.parse(asked || globalThis.location?.origin || '');
  const to = URL.parse(text ?? '');
  if (!to || !/^https?:$/.test(to.protocol) || to.username || to.password || to.search || to.hash) return null;
  if (from?.protocol === 'https:' && to.protocol !== 'https:') return null;
  return to.href.replace(/\/+$/, '');
}

/** @param {SessionCredentials} session */
function pathOf(session) {
  return `/api/sessions/${session.sessionId}`;
}

/**
 * @param {Response} response
 * @param {import('./shapes.js').Shape | null} shape
 */
async function contentOf(response, shape) {
  if (shape === null) {
    if (response.status !== 204) throw notOurs(response);
    return undefined;
  }
  if (!/^application\/json\b/i.test(response.headers.get('content-type') ?? '')) throw notOurs(response);
  const body = await response.text();
  let content;
  try {
    content = JSON.parse(body);
  } catch (thrown) {
    throw notOurs(response, thrown);
  }
  if (!shape(content)) throw notOurs(response);
  return content;
}
