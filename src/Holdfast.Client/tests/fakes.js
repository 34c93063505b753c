// A browser and a server in miniature, for the tests: time passes when a test says so.

import { createHmac } from 'node:crypto';

/** A clock whose timers run when `advance` passes them. */
export class FakeTime {
  now = 0;
  #timers = new Map();
  #next = 1;

  setTimeout = (callback, milliseconds) => {
    this.#timers.set(this.#next, { at: this.now + milliseconds, callback });
    return this.#next++;
  };

  clearTimeout = (handle) => {
    this.#timers.delete(handle);
  };

  get pending() {
    return this.#timers.size;
  }

  async advance(milliseconds) {
    const end = this.now + milliseconds;
    await settle();
    for (;;) {
      const due = [...this.#timers].filter(([, timer]) => timer.at <= end).sort((a, b) => a[1].at - b[1].at)[0];
      if (!due) break;
      this.#timers.delete(due[0]);
      this.now = due[1].at;
      due[1].callback();
      await settle();
    }
    this.now = end;
  }
}

/** Lets everything run that waits for nothing but promises. */
export async function settle() {
  await new Promise((resolve) => setImmediate(resolve));
}

/** An RTCPeerConnection as far as the client uses one. While media flows, packets come at the rates of a real server. */
export class FakePeerConnection extends EventTarget {
  connectionState = 'new';
  /** Of the DTLS transport. */
  transport = { state: 'connected' };
  transceivers = [];
  remote = null;
  closed = false;
  refuseAnswer = false;
  offers = 0;
  /** More entries of the statistics report. */
  report = new Map();
  /** Packets so far, and whether they come. */
  audioPackets = 0;
  videoPackets = 0;
  #rates = { audio: 0, video: 0 };
  #countedAt = 0;
  #time;

  constructor(configuration, time) {
    super();
    this.configuration = configuration;
    this.#time = time;
  }

  addTransceiver(kind, init) {
    this.transceivers.push([kind, init.direction]);
  }

  async createOffer(options) {
    this.offers++;
    this.restarts = (this.restarts ?? 0) + (options?.iceRestart ? 1 : 0);
    return { type: 'offer', sdp: `the offer\r\na=ice-ufrag:client${this.offers}\r\n` };
  }

  async setLocalDescription(description) {
    this.local = description;
  }

  async setRemoteDescription(description) {
    if (this.refuseAnswer) throw new Error('no common codec');
    this.remote = description;
    this.onAnswer?.(description);
  }

  get currentRemoteDescription() {
    return this.remote;
  }

  getReceivers() {
    return [{ track: { kind: 'audio' }, transport: this.transport, getSynchronizationSources: () => (this.playedTo === undefined ? [] : [{ rtpTimestamp: this.playedTo }]) }];
  }

  async getStats() {
    this.#count();
    return new Map([
      ['a', { type: 'inbound-rtp', kind: 'audio', packetsReceived: Math.floor(this.audioPackets) }],
      ['v', { type: 'inbound-rtp', kind: 'video', packetsReceived: Math.floor(this.videoPackets) }],
      ...this.report,
    ]);
  }

  close() {
    this.closed = true;
    this.connectionState = 'closed';
  }

  become(state) {
    this.connectionState = state;
    this.dispatchEvent(new Event('connectionstatechange'));
  }

  receive(stream) {
    const event = new Event('track');
    event.streams = [stream];
    this.dispatchEvent(event);
  }

  /** From now on so many packets come in a second. */
  flow(audio = 50, video = 60) {
    this.#count();
    this.#rates = { audio, video };
  }

  #count() {
    const seconds = (this.#time.now - this.#countedAt) / 1000;
    this.#countedAt = this.#time.now;
    this.audioPackets += seconds * this.#rates.audio;
    this.videoPackets += seconds * this.#rates.video;
  }
}

/** Web Locks as far as the client uses them; shared by the tabs that share one. */
export class FakeLocks {
  #holders = new Map();

  request(name, options, callback) {
    return new Promise((resolve, reject) => {
      const grant = () => {
        const holder = { reject };
        this.#holders.set(name, holder);
        Promise.resolve(callback({ name })).then((value) => {
          if (this.#holders.get(name) === holder) this.#holders.delete(name);
          resolve(value);
        });
      };
      const current = this.#holders.get(name);
      if (!current) return grant();
      if (options.steal) {
        current.reject(new DOMException('stolen', 'AbortError'));
        return grant();
      }
      options.signal.addEventListener('abort', () => reject(new DOMException('given up', 'AbortError')));
    });
  }
}

/** A tab's session storage. */
export class FakeStorage {
  values = new Map();

  getItem(key) {
    return this.values.get(key) ?? null;
  }

  setItem(key, value) {
    this.values.set(key, value);
  }

  removeItem(key) {
    this.values.delete(key);
  }
}

/** An answer of the server. */
export function json(status, body, headers = {}) {
  return new Response(status === 204 ? null : JSON.stringify(body), {
    status,
    headers: { 'content-type': status >= 400 ? 'application/problem+json' : 'application/json', ...headers },
  });
}

/** A refusal of the server. */
export function problem(status, kind, more = {}, headers = {}) {
  return json(status, { type: `urn:holdfast:problem:${kind}`, title: kind, status, ...more }, headers);
}

/** A journal that stays open; what is put into `streams` writes to it. */
export function eventStream(streams) {
  const body = new ReadableStream({ start: (controller) => void streams.push(controller) });
  return Object.assign(new Response(body, { status: 200, headers: { 'content-type': 'text/event-stream' } }), { clone() { return this; } });
}

/** The tabs of one browser, as far as they talk to each other. */
export class FakeChannels {
  #all = new Set();

  open = () => {
    const channel = { onmessage: null, postMessage: (data) => queueMicrotask(() => this.#all.forEach((one) => one !== channel && one.onmessage?.({ data: structuredClone(data) }))) };
    this.#all.add(channel);
    return channel;
  };
}

export const serversAnswer = 'v=0\r\no=- 42 7 IN IP4 127.0.0.1\r\na=ice-ufrag:t/0\r\na=ice-pwd:00000000000000000000000000000000\r\n';

export const created = {
  sessionId: 4503599627370497,
  resumeToken: 'the token',
  generation: 0,
  answer: { type: 'answer', sdp: serversAnswer },
  ice: { secret: 'c2VjcmV0', tag: 't' },
  state: 'negotiating',
  graceSeconds: 300,
  heartbeatSeconds: 20,
};

export const vitals = { state: 'connected', generation: 0, expiresInSeconds: 300 };

/**
 * An environment that records what the client does.
 * `answers` maps "METHOD /path" (session ids as :id) to a response, a function, or a promise.
 */
export function fakeEnvironment(answers = {}, { time = new FakeTime(), storage = new FakeStorage(), locks = new FakeLocks(), channels = null } = {}) {
  const peers = [];
  const calls = [];
  const lines = [];
  const hints = [];
  let drawn = 0;
  const table = {
    'POST /api/sessions': () => json(201, created),
    'DELETE /api/sessions/:id': () => json(204),
    'GET /api/sessions/:id': () => json(200, { ...vitals, sessionId: created.sessionId, speaking: false, queued: 0 }),
    // A journal in which nothing is written.
    'GET /api/sessions/:id/events': () => eventStream([]),
    'POST /api/sessions/:id/heartbeat': () => json(200, vitals),
    'PATCH /api/sessions/:id/connection': () => json(200, { generation: 5, answer: { type: 'answer', sdp: 'the answer of level 2' } }),
    'POST /api/sessions/:id/connections': () =>
      json(201, { generation: 1, resumeToken: 'the next token', answer: { type: 'answer', sdp: serversAnswer }, ice: created.ice }),
    'POST /api/sessions/:id/say': () => json(202, { utteranceId: 'u1' }),
    'POST /api/sessions/:id/interrupt': () => json(200, { stopped: 2 }),
    'PUT /api/sessions/:id/microphone': () => json(204),
    'POST /api/sessions/:id/microphone/recording': () => json(202, { seconds: 1 }),
    ...answers,
  };
  return {
    time,
    storage,
    locks,
    peers,
    calls,
    table,
    lines,
    hint: (hint) => hints.forEach((onHint) => onHint(hint)),
    get peer() {
      return peers.at(-1);
    },
    made: (name) => calls.filter((call) => call.name === name),
    environment: {
      RTCPeerConnection: class extends FakePeerConnection {
        constructor(configuration) {
          super(configuration, time);
          peers.push(this);
        }
      },
      fetch: (url, init) => {
        const name = `${init.method} ${new URL(url, 'http://localhost').pathname.replace(/\/\d+/, '/:id')}`;
        calls.push({ name, url, headers: init.headers, body: typeof init.body === 'string' ? JSON.parse(init.body) : init.body });
        const answer = Promise.resolve(typeof table[name] === 'function' ? table[name]() : table[name]).then((response) => response.clone());
        const aborted = new Promise((_, reject) => {
          init.signal.addEventListener('abort', () => reject(new DOMException('aborted', 'AbortError')));
        });
        return Promise.race([answer, aborted]);
      },
      setTimeout: time.setTimeout,
      clearTimeout: time.clearTimeout,
      now: () => time.now,
      wallNow: () => 1_800_000_000_000 + time.now,
      // Never the same twice, and always near the middle.
      random: () => 0.45 + (drawn++ % 1000) / 10_000,
      storage,
      locks,
      channel: channels?.open ?? null,
      // The real HMAC, at once: the runtime's own takes real time, and here there is none.
      subtle: {
        importKey: async (format, secret) => secret,
        sign: async (algorithm, key, data) => new Uint8Array(createHmac('sha256', key).update(data).digest()).buffer,
      },
      watch: (onHint) => hints.push(onHint),
      sound: null,
      log: { info: (line) => lines.push(line), warn: (line) => lines.push(line) },
    },
  };
}
