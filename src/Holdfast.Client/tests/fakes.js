// A browser and a server in miniature, for the tests: time passes when a test says so.

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

/** An RTCPeerConnection as far as the client uses one. */
export class FakePeerConnection extends EventTarget {
  connectionState = 'new';
  transceivers = [];
  remote = null;
  closed = false;
  refuseAnswer = false;
  report = new Map();

  constructor(configuration) {
    super();
    this.configuration = configuration;
  }

  addTransceiver(kind, init) {
    this.transceivers.push([kind, init.direction]);
  }

  async createOffer() {
    return { type: 'offer', sdp: 'the offer' };
  }

  async setLocalDescription(description) {
    this.local = description;
  }

  async setRemoteDescription(description) {
    if (this.refuseAnswer) throw new Error('no common codec');
    this.remote = description;
  }

  async getStats() {
    return this.report;
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
}

/** An answer of the server. */
export function json(status, body, headers = {}) {
  return new Response(status === 204 ? null : JSON.stringify(body), {
    status,
    headers: { 'content-type': status >= 400 ? 'application/problem+json' : 'application/json', ...headers },
  });
}

export const created = {
  sessionId: 4503599627370497,
  resumeToken: 'the token',
  generation: 0,
  answer: { type: 'answer', sdp: 'the answer' },
  ice: { secret: 's', tag: 't' },
  state: 'negotiating',
  graceSeconds: 300,
  heartbeatSeconds: 20,
};

/**
 * An environment that records what the client does.
 * `answers` maps "METHOD /path" (session ids as :id) to a response, a function, or a promise.
 */
export function fakeEnvironment(answers = {}) {
  const time = new FakeTime();
  const peers = [];
  const calls = [];
  const table = {
    'POST /api/sessions': () => json(201, created),
    'DELETE /api/sessions/:id': () => json(204),
    'GET /api/sessions/:id': () => json(200, { sessionId: created.sessionId, state: 'connected', speaking: false, queued: 0 }),
    'POST /api/sessions/:id/say': () => json(202, { utteranceId: 'u1' }),
    'POST /api/sessions/:id/interrupt': () => json(200, { stopped: 2 }),
    ...answers,
  };
  return {
    time,
    peers,
    calls,
    table,
    get peer() {
      return peers.at(-1);
    },
    made: (name) => calls.filter((call) => call.name === name),
    environment: {
      RTCPeerConnection: class extends FakePeerConnection {
        constructor(configuration) {
          super(configuration);
          peers.push(this);
        }
      },
      fetch: (url, init) => {
        const name = `${init.method} ${new URL(url, 'http://localhost').pathname.replace(/\/\d+/, '/:id')}`;
        calls.push({ name, url, headers: init.headers, body: init.body === undefined ? undefined : JSON.parse(init.body) });
        const answer = Promise.resolve(typeof table[name] === 'function' ? table[name]() : table[name]);
        const aborted = new Promise((_, reject) => {
          init.signal.addEventListener('abort', () => reject(new DOMException('aborted', 'AbortError')));
        });
        return Promise.race([answer, aborted]);
      },
      setTimeout: time.setTimeout,
      clearTimeout: time.clearTimeout,
      now: () => time.now,
    },
  };
}
