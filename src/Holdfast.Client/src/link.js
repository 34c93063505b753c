import { Connection } from './connection.js';
import { StatisticsClock } from './statistics-clock.js';

/** @typedef {import('./environment.js').Environment} Environment */
/** @typedef {import('./statistics.js').ConnectionStatistics} ConnectionStatistics */

/**
 * What a link tells, of the connection that counts.
 * @typedef {object} LinkObserver
 * @property {(state: RTCPeerConnectionState) => void} onTransport
 * @property {(stream: MediaStream | null) => void} onStream the avatar's sound and pictures are there, are others, or are no more
 * @property {(statistics: ConnectionStatistics) => void} onStatistics
 */

/** The media side of a session: the one connection that counts, of all that were made for it, and what comes over it. */
export class Link {
  #environment;
  #configuration;
  #observer;
  #statistics;
  /** @type {Connection | null} */
  #connection = null;
  /** @type {MediaStream | null} */
  #stream = null;
  /** @type {MediaStreamTrack | null} */
  #microphone = null;

  /**
   * @param {Environment} environment
   * @param {RTCConfiguration} configuration
   * @param {LinkObserver} observer
   */
  constructor(environment, configuration, observer) {
    this.#environment = environment;
    this.#configuration = configuration;
    this.#observer = observer;
    this.#statistics = new StatisticsClock(environment, () => this.#connection, (statistics) => observer.onStatistics(statistics));
  }

  /** The connection that counts; null without one. */
  get connection() {
    return this.#connection;
  }

  /** What comes over it, once the other side has announced it. */
  get stream() {
    return this.#stream;
  }

  /** A new connection, which does not count yet. */
  make() {
    const connection = new Connection(this.#environment, this.#configuration, {
      onTransport: (state) => {
        if (connection === this.#connection) this.#observer.onTransport(state);
      },
      onStream: (stream) => {
        if (connection === this.#connection) this.#setStream(stream);
      },
    });
    if (this.#microphone) void connection.use(this.#microphone);
    return connection;
  }

  /** The person's sound, over this connection and over all that follow; null: none. */
  get microphone() {
    return this.#microphone;
  }

  /** @param {MediaStreamTrack | null} track */
  async setMicrophone(track) {
    this.#microphone = track;
    await this.#connection?.use(track);
  }

  /** A new connection, which counts. */
  use() {
    return (this.#connection = this.make());
  }

  /** @param {Connection} connection counts from now on, in the place of the one before */
  adopt(connection) {
    const old = this.#connection;
    this.#connection = connection;
    old?.close();
    if (connection.stream) this.#setStream(connection.stream);
  }

  /** It works: how well is told once a second. */
  measure() {
    this.#statistics.start();
  }

  close() {
    this.#statistics.stop();
    this.#connection?.close();
    this.#connection = null;
    this.#setStream(null);
  }

  /** @param {MediaStream | null} stream */
  #setStream(stream) {
    if (stream === this.#stream) return;
    this.#stream = stream;
    this.#observer.onStream(stream);
  }
}
