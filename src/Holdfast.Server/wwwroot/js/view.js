/** @typedef {import('/holdfast/index.js').SessionState} SessionState */
/** @typedef {import('./texts.js').PlainTextKey} PlainTextKey */

/**
 * What the page shows in a state. `tone` colours the pill and the stage; `scene` is what lies over the picture.
 * @typedef {object} View
 * @property {PlainTextKey} status
 * @property {'quiet' | 'busy' | 'good' | 'unsteady' | 'bad'} tone
 * @property {'lobby' | 'starting' | 'call' | 'interrupted' | 'lost'} scene
 * @property {PlainTextKey} title of the scene, or of the lobby
 * @property {PlainTextKey | null} text null: the words of the error
 * @property {PlainTextKey} start the label of the start button
 * @property {PlainTextKey} reconnect the label of the reconnect button
 * @property {boolean} canStart
 * @property {boolean} canStop
 * @property {boolean} canReconnect
 * @property {boolean} canTalk
 */

/** @type {Pick<View, 'reconnect' | 'canStart' | 'canStop' | 'canReconnect' | 'canTalk'>} */
const nothing = { reconnect: 'reconnect', canStart: false, canStop: false, canReconnect: false, canTalk: false };

/**
 * A pure function from the session's state to what is shown: pill, stage and buttons cannot disagree.
 * @param {SessionState} state
 * @returns {View}
 */
export function viewOf(state) {
  switch (state.status) {
    case 'idle':
      return { ...nothing, status: 'status.idle', tone: 'quiet', scene: 'lobby', title: 'lobby.title', text: 'lobby.text', start: 'start', canStart: true };
    case 'starting':
      return { ...nothing, status: 'status.starting', tone: 'busy', scene: 'starting', title: `starting.${state.step}`, text: null, start: 'start', canStop: true };
    case 'connected':
      return { ...nothing, status: 'status.connected', tone: 'good', scene: 'call', title: 'status.connected', text: null, start: 'start', canStop: true, canTalk: true };
    case 'interrupted':
      return {
        ...nothing,
        status: 'status.interrupted',
        tone: 'unsteady',
        scene: 'interrupted',
        title: 'interrupted.title',
        text: null,
        start: 'start',
        reconnect: 'interrupted.reconnect',
        canStop: true,
        canReconnect: true,
      };
    case 'lost':
      return {
        ...nothing,
        status: 'status.lost',
        tone: 'bad',
        scene: 'lost',
        title: 'lost.title',
        text: `lost.${state.reason}`,
        start: 'start',
        canStop: true,
        canReconnect: true,
      };
    case 'stopping':
      return { ...nothing, status: 'status.stopping', tone: 'busy', scene: 'lobby', title: 'lobby.again', text: 'lobby.again.text', start: 'start.again', canStart: true };
    case 'ended': {
      const gone = state.reason === 'gone';
      return {
        ...nothing,
        status: gone ? 'status.gone' : 'status.ended',
        tone: gone ? 'bad' : 'quiet',
        scene: 'lobby',
        title: gone ? 'lobby.gone' : 'lobby.again',
        text: gone ? 'lobby.gone.text' : 'lobby.again.text',
        start: 'start.again',
        canStart: true,
      };
    }
    case 'error':
      return { ...nothing, status: 'status.error', tone: 'bad', scene: 'lobby', title: 'lobby.error', text: null, start: 'start.retry', canStart: true };
  }
}
