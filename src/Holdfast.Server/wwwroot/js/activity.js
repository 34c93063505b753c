/** @typedef {import('../holdfast/index.js').SessionState} SessionState */

/**
 * The one state of the conversation that is shown. Whatever the journal said last, what nobody can hear is not being said.
 * @typedef {'none' | 'starting' | 'lost' | 'held' | 'keeping' | 'full' | 'elsewhere' | 'reconnecting' | 'over' | 'unfollowed' | 'hearing' | 'thinking' | 'speaking' | 'listening' | 'ready'} Activity
 */

/**
 * @param {SessionState} state
 * @param {{ phase: string, isSpeaking: boolean }} turns
 * @param {{ isListening?: boolean, isDisplaced?: boolean, keeping?: import('../holdfast/index.js').Keeping }} [more] `isListening`: the person's
 * microphone is on, and somebody listens. `keeping`: what becomes of what they say while nobody can.
 * `isDisplaced`: another page reads the journal in this one's place
 * @returns {Activity}
 */
export function activityOf(state, { phase, isSpeaking }, { isListening = false, isDisplaced = false, keeping = 'none' } = {}) {
  switch (state.status) {
    case 'idle':
    case 'error':
      return 'none';
    case 'starting':
      return 'starting';
    case 'interrupted':
      return keeping === 'keeping' || keeping === 'full' ? keeping : 'lost';
    case 'held':
      if (state.reason === 'elsewhere') return 'elsewhere';
      if (keeping === 'keeping' || keeping === 'full') return keeping;
      return state.word === 'kept' ? 'held' : 'lost';
    case 'reconnecting':
      return 'reconnecting';
    case 'stopping':
    case 'ended':
      return 'over';
    case 'connected':
      if (isDisplaced) return 'unfollowed';
      // Who begins to speak is heard, although the avatar has not finished: it stands still meanwhile.
      if (phase === 'hearing') return 'hearing';
      if (phase === 'deciding') return 'thinking';
      if (isSpeaking) return 'speaking';
      if (phase === 'thinking' || phase === 'speaking') return 'thinking';
      return isListening ? 'listening' : 'ready';
  }
}
