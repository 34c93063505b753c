// The browser client of Holdfast. Everything a page needs is exported here.

export { HoldfastSession, SessionStateEvent, SessionStreamEvent, SessionStatisticsEvent } from './session.js';
export { HoldfastError } from './errors.js';
export { SessionApi } from './session-api.js';
export { initialState, isLive, reduce } from './state.js';
export { browserEnvironment } from './environment.js';

/** @typedef {import('./state.js').SessionState} SessionState */
/** @typedef {import('./statistics.js').ConnectionStatistics} ConnectionStatistics */
/** @typedef {import('./session-api.js').Avatar} Avatar */
