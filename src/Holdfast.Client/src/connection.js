import { MAX_GENERATIONS_AHEAD, selfMadeAnswer } from './answer.js';
import { HoldfastError } from './errors.js';
import { noPictureIn } from './picture.js';
import { withSoundSentAgain } from './repeat.js';

/** @typedef {import('./environment.js').Environment} Environment */
/** @typedef {import('./answer.js').IceKey} IceKey */
/** @typedef {import('./media-watch.js').MediaCounts} MediaCounts */
/** @typedef {import('./session-api.js').Played} Played */

/**
 * What a connection tells its owner. Nothing more is told after `close`.
 * @typedef {object} ConnectionObserver
 * @property {(state: RTCPeerConnectionState) => void} onTransport
 * @property {(stream: MediaStream) => void} onStream the avatar's sound and pictures, as one stream
 */

/** One WebRTC connection of a session: it receives sound and pictures, and its path can be restarted. */
export class Connection {
  #environment;
  #peer;
  /** @type {MediaStream | null} */
  #stream = null;
  /** @type {IceKey | null} */
  #key = null;
  /** The generation the server is known to use, and the newest one this side has offered. */
  #generation = 0;
  #newest = 0;
  #first = 0;
  #isGivenUp = false;
  #wasUp = false;
  #closed = false;
  /** @type {import('./picture.js').NoPicture | null} */
  #noPicture = null;
  /** The person's sound, and what the other side was told of it last. @type {MediaStreamTrack | null} */
  #microphone = null;
  /** @type {MediaStreamTrack | null} */
  #told = null;

  /**
   * @param {Environment} environment
   * @param {RTCConfiguration} configuration
   * @param {ConnectionObserver} observer
   */
  constructor(environment, configuration, observer) {
    if (!environment.RTCPeerConnection) throw new HoldfastError('unsupported', 'This browser has no WebRTC.');
    this.#environment = environment;
    const peer = new environment.RTCPeerConnection({ bundlePolicy: 'max-bundle', ...configuration });
    peer.addEventListener('connectionstatechange', () => {
      if (this.#closed) return;
      this.#wasUp ||= peer.connectionState === 'connected';
      observer.onTransport(peer.connectionState);
    });
    peer.addEventListener('track', (event) => {
      const [stream] = event.streams;
      if (this.#closed || !stream || stream === this.#stream) return;
      this.#stream = stream;
      observer.onStream(stream);
    });
    this.#peer = peer;
  }

  /** The avatar's sound and pictures, once the other side has announced them. */
  get stream() {
    return this.#stream;
  }

  /** Why no picture comes over it, only sound; null where one does. */
  get noPicture() {
    return this.#noPicture;
  }

  /** The newest generation of its path. */
  get generation() {
    return this.#newest;
  }

  /** The generation it began with: what is told of an older one is not about it. */
  get firstGeneration() {
    return this.#first;
  }

  /**
   * Whether the browser itself has given its keys up. Firefox does when no check was answered for some 30 s: over a restarted path it still shows
   * pictures for a moment, but never sends anything again, so that the server hears nobody.
   */
  get isDead() {
    return this.#peer.getReceivers().some(({ transport }) => transport?.state === 'failed' || transport?.state === 'closed');
  }

  /** Whether there are keys that a new path could use: neither side has ended the connection. */
  get canRestart() {
    const { connectionState } = this.#peer;
    return !this.#closed && !this.#isGivenUp && this.#wasUp && connectionState !== 'closed' && connectionState !== 'new' && !this.isDead;
  }

  /** Whether it can be restarted without asking the server. */
  get canRestartAlone() {
    return (
      this.canRestart && this.#key !== null && this.#environment.subtle !== null
      && this.#newest + 1 - this.#generation <= MAX_GENERATIONS_AHEAD
    );
  }

  /**
   * The browser's offer, ready to be sent. Candidates are not waited for: the server learns this browser's addresses
   * from its first checks (peer-reflexive, RFC 8445, 7.3.1.3).
   * @returns {Promise<string>}
   */
  offer() {
    this.#told = this.#microphone;
    this.#peer.addTransceiver(this.#microphone ?? 'audio', { direction: this.#microphone ? 'sendrecv' : 'recvonly' });
    this.#peer.addTransceiver('video', { direction: 'recvonly' });
    return this.#describe({});
  }

  /**
   * @param {RTCSessionDescriptionInit} answer
   * @param {IceKey} key for restarts without asking
   * @param {number} generation
   */
  async accept(answer, key, generation) {
    this.#key = key;
    this.#generation = this.#newest = this.#first = generation;
    await this.#take(answer);
    this.#noPicture = noPictureIn(this.#peer.localDescription?.sdp ?? '', answer.sdp ?? '');
  }

  /** Whether the other side does not know yet that the person's sound comes, or comes no more. */
  get hasNews() {
    return !this.#closed && (this.#told === null) !== (this.#microphone === null);
  }

  /**
   * The person's sound from now on; null: none. Before the offer it goes with it; afterwards the other side has to be told (`tell`).
   * @param {MediaStreamTrack | null} track
   */
  async use(track) {
    this.#microphone = track;
    const audio = this.#peer.getTransceivers?.().find(({ receiver }) => receiver.track.kind === 'audio');
    if (!audio) return;
    await audio.sender.replaceTrack(track);
    audio.direction = track ? 'sendrecv' : 'recvonly';
  }

  /**
   * Tells the other side what flows, over the path there is.
   * @param {(offer: string) => Promise<{ answer: RTCSessionDescriptionInit, generation: number }>} ask
   */
  async tell(ask) {
    const told = this.#microphone;
    const { answer } = await ask(await this.#describe({}));
    await this.#take(answer);
    this.#told = told;
  }

  /** Level 1: restarts the path with an answer of its own making. No message is exchanged. */
  async restartAlone() {
    const lastAnswer = this.#peer.currentRemoteDescription?.sdp;
    const { subtle } = this.#environment;
    if (!this.#key || !subtle || !lastAnswer) throw new HoldfastError('unsupported', 'The path cannot be restarted without the server.');
    const offer = await this.#describe({ iceRestart: true });
    const generation = ++this.#newest;
    const sdp = await selfMadeAnswer({ offer, lastAnswer, key: this.#key, generation, subtle });
    await this.#take({ type: 'answer', sdp });
  }

  /**
   * Level 2: restarts the path with the server's answer.
   * @param {(offer: string) => Promise<{ answer: RTCSessionDescriptionInit, generation: number }>} ask
   */
  async restartWith(ask) {
    const { answer, generation } = await ask(await this.#describe({ iceRestart: true }));
    this.#newest = Math.max(this.#newest, generation);
    await this.#take(answer);
  }

  /**
   * The server says which generation it uses.
   * @param {number} generation
   */
  confirm(generation) {
    this.#generation = Math.max(this.#generation, generation);
    this.#newest = Math.max(this.#newest, generation);
  }

  /**
   * How many packets have come so far.
   * @returns {Promise<MediaCounts>}
   */
  async counts() {
    const counts = { audioPackets: 0, videoPackets: 0 };
    for (const entry of /** @type {Map<string, any>} */ (await this.#peer.getStats()).values()) {
      if (entry.type !== 'inbound-rtp') continue;
      if (entry.kind === 'audio') counts.audioPackets += entry.packetsReceived ?? 0;
      else counts.videoPackets += entry.packetsReceived ?? 0;
    }
    return counts;
  }

  /**
   * How far the sound was really played, for the server, which only knows what arrived; null where the browser does not say.
   * @returns {Played | null}
   */
  get played() {
    const receiver = this.#peer.getReceivers().find(({ track }) => track.kind === 'audio');
    const rtpTimestamp = receiver?.getSynchronizationSources()[0]?.rtpTimestamp;
    return rtpTimestamp === undefined ? null : { rtpTimestamp };
  }

  /** The other side has no keys of it any more: only a new one helps. What it has received it plays to the end. */
  giveUp() {
    this.#isGivenUp = true;
  }

  /** It goes on after all: the next process has its keys. */
  takeBack() {
    this.#isGivenUp = false;
  }

  /** The browser's full statistics report. */
  report() {
    return this.#peer.getStats();
  }

  /** How the connection is doing. What reads it is loaded when it is first asked: nobody needs it to see the first picture. */
  async statistics() {
    const { summarize } = await import('./statistics.js');
    const report = await this.#peer.getStats();
    return summarize(/** @type {Iterable<[string, any]>} */ (/** @type {unknown} */ (report)));
  }

  close() {
    this.#closed = true;
    this.#peer.close();
  }

  /** @param {RTCOfferOptions} options */
  async #describe(options) {
    try {
      const { type, sdp = '' } = await this.#peer.createOffer(options);
      const wished = withSoundSentAgain(sdp);
      try {
        await this.#peer.setLocalDescription({ type, sdp: wished });
        return wished;
      } catch (thrown) {
        if (wished === sdp) throw thrown;
      }

      // A browser that lets nobody change its offer: sound that is lost stays lost.
      await this.#peer.setLocalDescription({ type, sdp });
      return sdp;
    } catch (thrown) {
      throw new HoldfastError('negotiation', 'The browser could not describe a connection.', { cause: thrown });
    }
  }

  /** @param {RTCSessionDescriptionInit} answer */
  async #take(answer) {
    try {
      await this.#peer.setRemoteDescription(answer);
    } catch (thrown) {
      throw new HoldfastError('negotiation', "The browser did not accept the server's answer.", { cause: thrown });
    }
  }
}
