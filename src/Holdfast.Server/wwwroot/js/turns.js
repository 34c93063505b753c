/** @typedef {import('../holdfast/index.js').JournalEntry} JournalEntry */
/** @typedef {import('../holdfast/index.js').ConversationView} ConversationView */

/**
 * How long a turn took until the person heard something, in milliseconds.
 * @typedef {object} Latency
 * @property {number} turn
 * @property {number} sound from the question, or from the end of what was said aloud, to the first sound
 * @property {number | null} token from asking the model to its first word
 * @property {number | null} piece from asking the model to its first whole sentence
 */

/** What ends an utterance. */
const ENDS = new Set(['finished', 'interrupted', 'dropped', 'failed']);

/** What the journal tells of the conversation's turns: its phase, who is asked, what failed, and how long the last one took. */
export class Turns {
  /** @type {ConversationView['phase']} */
  phase = 'quiet';
  /** The turn that goes on, or went on last. */
  turn = 0;
  model = '';
  /** Turns in which the model gave no answer, or not all of it. @type {Set<number>} */
  failed = new Set();
  /** @type {Latency | null} */
  latency = null;
  /** Which utterance is part of which turn. @type {Map<string, number>} */
  #turns = new Map();
  /** Begun, and not ended. @type {Set<string>} */
  #open = new Set();
  #asked = { turn: 0, at: 0, isSpoken: false };
  #endOfVoice = 0;
  /** @type {{ token: number | null, piece: number | null }} */
  #model = { token: null, piece: null };

  /** Whether something is being said, as far as is known. */
  get isSpeaking() {
    return this.#open.size > 0;
  }

  /** Whether nothing was heard yet of the answer that is being thought of. */
  get isAwaited() {
    return this.#asked.turn === this.turn && ![...this.#turns.values()].includes(this.turn);
  }

  /** @param {JournalEntry} entry */
  follow({ kind, data }) {
    const at = Date.parse(data?.at ?? '');
    switch (kind) {
      case 'phase':
        this.phase = data.phase;
        this.turn = data.turn;
        if (data.phase === 'deciding') this.#endOfVoice = at;
        break;
      case 'heard':
        // The voice ended before the silence that ended the turn.
        if (data.final && typeof data.sinceSpeechMilliseconds === 'number') this.#endOfVoice = at - data.sinceSpeechMilliseconds;
        break;
      case 'turnStarted':
        this.turn = data.turn;
        this.model = data.model;
        this.#asked = { turn: data.turn, at: data.isSpoken && this.#endOfVoice > 0 ? this.#endOfVoice : at, isSpoken: data.isSpoken };
        this.#model = { token: null, piece: null };
        break;
      case 'answer':
        if (data.turn === this.#asked.turn) this.#model = { token: data.firstTokenMilliseconds, piece: data.firstPieceMilliseconds };
        break;
      case 'modelFailed':
        this.failed.add(data.turn);
        break;
      case 'accepted':
        this.#accept(data);
        break;
      case 'started':
        this.#open.add(data.utteranceId);
        this.#hear(data.utteranceId, at);
        break;
    }
    if (ENDS.has(kind)) this.#open.delete(data.utteranceId);
  }

  /**
   * How the server says that the conversation stands: the journal may have forgotten what led there.
   * @param {ConversationView} view
   */
  take({ phase, turn, model }) {
    if (turn < this.turn) return;
    this.phase = phase;
    this.turn = turn;
    this.model = model;
  }

  /** Another session, or none. */
  reset() {
    this.phase = 'quiet';
    this.turn = 0;
    this.latency = null;
    this.failed = new Set();
    this.#turns.clear();
    this.#open.clear();
    this.#asked = { turn: 0, at: 0, isSpoken: false };
  }

  /** @param {{ utteranceId: string, part: string | null }} data */
  #accept({ utteranceId, part }) {
    const turn = Number(/^turn-(\d+)$/.exec(part ?? '')?.[1] ?? 0);
    if (turn > 0) this.#turns.set(utteranceId, turn);
  }

  /**
   * @param {string} utteranceId
   * @param {number} at
   */
  #hear(utteranceId, at) {
    const turn = this.#turns.get(utteranceId);
    if (turn !== this.#asked.turn || this.latency?.turn === turn || !(at >= this.#asked.at)) return;
    this.latency = { turn, sound: at - this.#asked.at, ...this.#model };
  }
}
