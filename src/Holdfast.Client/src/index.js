// The browser client of Holdfast. Everything a page needs is exported here.

export { HoldfastSession } from './session.js';
export { SessionJournalEvent, SessionStateEvent, SessionStreamEvent, SessionStatisticsEvent } from './events.js';
export { HoldfastError } from './errors.js';
export { SessionApi } from './session-api.js';
export { UNREACHABLE_AFTER_MISSED, canReconnect, initialState, isAway, isElsewhere, isKept, isLive, reduce, remainingMs } from './state.js';
export { nextRetryDelay } from './policy.js';
export { browserEnvironment } from './environment.js';

/** @typedef {import('./state.js').SessionState} SessionState */
/** @typedef {import('./state.js').Word} Word */
/** @typedef {import('./policy.js').Policy} Policy */
/** @typedef {import('./statistics.js').ConnectionStatistics} ConnectionStatistics */
/** @typedef {import('./session-api.js').Avatar} Avatar */
/** @typedef {import('./session-api.js').Voice} Voice */
/** @typedef {import('./session-api.js').Model} Model */
/** @typedef {import('./session-api.js').SayMode} SayMode */
/** @typedef {import('./session-api.js').ListeningMode} ListeningMode */
/** @typedef {import('./microphone.js').Keeping} Keeping */
/** @typedef {import('./session-api.js').ConversationView} ConversationView */
/** @typedef {import('./session-api.js').SessionView} SessionView */
/** @typedef {import('./journal.js').JournalEntry} JournalEntry */
/** @typedef {import('./outbox.js').OutboxItem} OutboxItem */
