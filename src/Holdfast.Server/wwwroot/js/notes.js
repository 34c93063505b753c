/** @typedef {import('../holdfast/index.js').SessionState} SessionState */
/** @typedef {import('./texts.js').Texts} Texts */

/**
 * A note between the lines; its words are chosen when it is drawn, so that it follows the language.
 * @typedef {object} Note
 * @property {'quiet' | 'good' | 'unsteady' | 'held' | 'bad'} tone
 * @property {(texts: Texts) => string} words
 * @property {{ label: 'note.follow' | 'mic.ears.use', run: () => void }} [action] a button; once it was pressed the note has done its part
 * @property {number} [awayMs] of an outage that has ended: how long it was
 * @property {'begins' | 'goes-on' | 'ends' | null} outage one outage has one note, which is rewritten as it goes on; null: of its own
 */

/**
 * The note for what has just happened to the session; null where there is none.
 * @param {SessionState} state
 * @param {SessionState} previous
 * @param {(texts: Texts) => string} name of the avatar
 * @returns {Note | null}
 */
export function noteOf(state, previous, name) {
  if (state.status === 'held' && state.reason === 'restarting' && !('reason' in previous && previous.reason === 'restarting')) {
    const begins = previous.status === 'connected';
    return { tone: 'held', words: (texts) => texts['note.restarting'], outage: begins ? 'begins' : 'goes-on' };
  }
  const isWord = state.status === 'held' && previous.status === 'held' && !state.problem && state.word !== previous.word && state.word !== 'asking';
  if (isWord && (state.reason === 'silent' || state.reason === 'failed' || state.reason === 'closed')) return heldNote(state.word, 'goes-on');
  if (state.status === previous.status) return null;
  switch (state.status) {
    case 'connected': {
      // The journal tells a reloaded page its whole story, which begins before the reload.
      if (previous.status === 'reconnecting' && (previous.reason === 'reloaded' || previous.reason === 'elsewhere')) return null;
      if (!state.resumed) return { tone: 'good', words: (texts) => texts['note.connected'](name(texts)), outage: null };
      const seconds = (state.resumed.awayMs / 1_000).toFixed(1);
      return { tone: 'held', words: (texts) => texts['note.recovered'](seconds), awayMs: state.resumed.awayMs, outage: 'ends' };
    }
    case 'interrupted':
      return { tone: 'unsteady', words: (texts) => texts['note.interrupted'], outage: 'begins' };
    case 'held':
      // Another tab has it, and no outage; and a failed attempt to come back changes nothing.
      if (state.reason === 'elsewhere' || state.reason === 'reloaded' || previous.status === 'reconnecting') return null;
      return heldNote(state.word, previous.status === 'interrupted' ? 'goes-on' : 'begins');
    case 'starting':
      return previous.status === 'held' || previous.status === 'reconnecting' || previous.status === 'interrupted'
        ? { tone: 'quiet', words: (texts) => texts['note.left'], outage: 'ends' }
        : null;
    case 'ended': {
      if (state.sessionId === null) return null;
      const { reason } = state;
      return { tone: reason === 'stopped' || reason === 'replaced' ? 'quiet' : 'bad', words: (texts) => texts[`note.${reason}`], outage: null };
    }
    case 'idle':
    case 'reconnecting':
    case 'stopping':
    case 'error':
      return null;
  }
}

/**
 * What is known of a session whose connection is lost: what the server has said of it since.
 * @param {import('../holdfast/index.js').Word} word
 * @param {'begins' | 'goes-on'} outage
 * @returns {Note}
 */
function heldNote(word, outage) {
  const key = /** @type {const} */ ({ kept: 'note.held', none: 'note.unheard', asking: 'note.lost' })[word];
  return { tone: 'held', words: (texts) => texts[key], outage };
}
