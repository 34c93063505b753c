/** @typedef {import('./state.js').SessionState} SessionState */
/** @typedef {import('./statistics.js').ConnectionStatistics} ConnectionStatistics */

/** `statechange`: the session's state has changed, be it only in a detail. */
export class SessionStateEvent extends Event {
  /**
   * @param {SessionState} state
   * @param {SessionState} previous
   */
  constructor(state, previous) {
    super('statechange');
    /** @readonly */
    this.state = state;
    /** @readonly */
    this.previous = previous;
  }
}

/** `stream`: the avatar's sound and pictures are there, are others, or (null) are no more. */
export class SessionStreamEvent extends Event {
  /** @param {MediaStream | null} stream */
  constructor(stream) {
    super('stream');
    /** @readonly */
    this.stream = stream;
  }
}

/** `statistics`: once a second while there is a connection. */
export class SessionStatisticsEvent extends Event {
  /** @param {ConnectionStatistics} statistics */
  constructor(statistics) {
    super('statistics');
    /** @readonly */
    this.statistics = statistics;
  }
}

/** `journal`: the server has written something down about the session (docs/http-api.md, "Events"); each entry once, in order. */
export class SessionJournalEvent extends Event {
  /** @param {import('./journal.js').JournalEntry} entry */
  constructor(entry) {
    super('journal');
    /** @readonly */
    this.entry = entry;
  }
}
