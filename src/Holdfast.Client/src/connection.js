import { HoldfastError } from './errors.js';
import { summarize } from './statistics.js';

/** @typedef {import('./environment.js').Environment} Environment */

/**
 * What a connection tells its owner. Nothing more is told after `close`.
 * @typedef {object} ConnectionObserver
 * @property {(state: RTCPeerConnectionState) => void} onTransport
 * @property {(stream: MediaStream) => void} onStream the avatar's sound and pictures, as one stream
 */

/** One WebRTC connection of a session: it receives sound and pictures. */
export class Connection {
  #peer;
  /** @type {MediaStream | null} */
  #stream = null;
  #closed = false;

  /**
   * @param {Environment} environment
   * @param {RTCConfiguration} configuration
   * @param {ConnectionObserver} observer
   */
  constructor(environment, configuration, observer) {
    if (!environment.RTCPeerConnection) throw new HoldfastError('unsupported', 'This browser has no WebRTC.');
    const peer = new environment.RTCPeerConnection({ bundlePolicy: 'max-bundle', ...configuration });
    peer.addEventListener('connectionstatechange', () => {
      if (!this.#closed) observer.onTransport(peer.connectionState);
    });
    peer.addEventListener('track', (event) => {
      const [stream] = event.streams;
      if (this.#closed || !stream || stream === this.#stream) return;
      this.#stream = stream;
      observer.onStream(stream);
    });
    this.#peer = peer;
  }

  /**
   * The browser's offer, ready to be sent. Candidates are not waited for: the server learns this browser's addresses
   * from its first checks (peer-reflexive, RFC 8445, 7.3.1.3).
   * @returns {Promise<string>}
   */
  async offer() {
    try {
      this.#peer.addTransceiver('audio', { direction: 'recvonly' });
      this.#peer.addTransceiver('video', { direction: 'recvonly' });
      const offer = await this.#peer.createOffer();
      await this.#peer.setLocalDescription(offer);
      return offer.sdp ?? '';
    } catch (thrown) {
      throw new HoldfastError('negotiation', 'The browser could not describe a connection.', { cause: thrown });
    }
  }

  /** @param {RTCSessionDescriptionInit} answer */
  async accept(answer) {
    try {
      await this.#peer.setRemoteDescription(answer);
    } catch (thrown) {
      throw new HoldfastError('negotiation', "The browser did not accept the server's answer.", { cause: thrown });
    }
  }

  /** The browser's full statistics report. */
  report() {
    return this.#peer.getStats();
  }

  /** How the connection is doing. */
  async statistics() {
    const report = await this.#peer.getStats();
    return summarize(/** @type {Iterable<[string, any]>} */ (/** @type {unknown} */ (report)));
  }

  close() {
    this.#closed = true;
    this.#peer.close();
  }
}
