// What the player consists of, as data: [tag, attributes, ...children]. `data-text` and `data-label` name a text (texts.js); all
// other words depend on the state and are written by the element. The ids are those that people's scripts know.

/** @typedef {[tag: string, attributes?: Record<string, string>, ...children: (Node_ | string)[]]} Node_ */

/**
 * @param {string[]} paths
 * @param {Record<string, string>} [attributes]
 * @returns {Node_}
 */
function icon(paths, attributes = {}) {
  return ['svg', { class: 'icon', viewBox: '0 0 24 24', 'aria-hidden': 'true', ...attributes }, ...paths.map((d) => /** @type {Node_} */ (['path', { d }]))];
}

/** @type {Node_} */
const picture = [
  'div',
  { class: 'frame', part: 'picture' },
  [
    'svg',
    { id: 'illustration', class: 'illustration', viewBox: '0 0 32 32', 'aria-hidden': 'true', hidden: '' },
    ['path', { d: 'M16 3c5 5-5 8 0 13M16 16c-1 6-9 5-11 12M16 16v12M16 16c1 6 9 5 11 12' }],
  ],
  ['img', { id: 'preview', class: 'person', alt: '', hidden: '' }],
  ['slot', { id: 'picture-slot', name: 'picture' }, ['video', { id: 'video', class: 'person', part: 'video', autoplay: '', playsinline: '', disablepictureinpicture: '', tabindex: '-1' }]],
];

/** @type {Node_} */
const ring = [
  'div',
  { id: 'ring', class: 'ring', part: 'ring', hidden: '' },
  [
    'svg',
    { viewBox: '0 0 100 100', 'aria-hidden': 'true' },
    ['circle', { class: 'track', cx: '50', cy: '50', r: '45' }],
    ['circle', { id: 'ring-left', class: 'left', cx: '50', cy: '50', r: '45', pathLength: '100' }],
    ...[1, 2, 3].map((level) => /** @type {Node_} */ (['circle', { class: 'step', 'data-level': String(level), cx: '50', cy: '50', r: '45', pathLength: '100' }])),
  ],
  ['span', { id: 'countdown-label', class: 'hidden', 'data-ring': 'countdown' }],
  ['b', { id: 'remaining', class: 'number', role: 'timer', 'aria-live': 'off' }],
];

/** One panel for everything that is wrong: a quiet strip while it may heal by itself, the middle of the stage while held. @type {Node_} */
const trouble = [
  'div',
  { id: 'trouble', class: 'trouble', part: 'panel', role: 'group', 'aria-labelledby': 'trouble-title', tabindex: '-1', hidden: '' },
  ring,
  [
    'span',
    { class: 'sign', 'aria-hidden': 'true' },
    icon(['M3 3l18 18M8.5 15.5a5 5 0 0 1 6 -.6M5 12a10 10 0 0 1 4.5 -2.6M19 12a10 10 0 0 0 -5.5 -2.9M2 8.5a15 15 0 0 1 4.2 -2.7M22 8.5a15 15 0 0 0 -11 -4.1M12 19.2v.1'], { class: 'icon cut' }),
    icon(['M4 6.5h11v8.5H4zM9 15v3h11V9.5h-5'], { class: 'icon tabs' }),
  ],
  ['h2', { id: 'trouble-title' }],
  ['p', { id: 'trouble-text' }],
  ['button', { id: 'reconnect', class: 'cta', part: 'button reconnect', type: 'button', hidden: '' }],
  ['button', { id: 'anew', class: 'link', part: 'link anew', type: 'button', 'data-text': 'start.anew', hidden: '' }],
];

/** @type {Node_} */
const dock = [
  'div',
  { id: 'dock', class: 'dock', part: 'dock', role: 'group', 'data-label': 'dock.label', hidden: '' },
  [
    'span',
    { class: 'loudness' },
    [
      'button',
      { id: 'mute', type: 'button', 'aria-pressed': 'false' },
      [
        'svg',
        { class: 'icon', viewBox: '0 0 24 24', 'aria-hidden': 'true' },
        ['path', { d: 'M4 9.5v5h3.5L12 18.5v-13L7.5 9.5z' }],
        ['path', { class: 'waves', d: 'M15.5 9a4.2 4.2 0 0 1 0 6M18 6.5a8 8 0 0 1 0 11' }],
        ['path', { class: 'cross', d: 'M16 9.5l5 5M21 9.5l-5 5' }],
      ],
    ],
    ['input', { id: 'volume', type: 'range', min: '0', max: '1', step: '0.05', 'data-label': 'dock.volume' }],
  ],
  ['button', { id: 'interrupt', type: 'button', 'data-text': 'dock.interrupt' }],
  ['button', { id: 'stop', class: 'stop', part: 'button stop', type: 'button', hidden: '' }],
];

/** @type {readonly Node_[]} */
export const structure = [
  [
    'section',
    { id: 'stage', class: 'stage', part: 'stage', 'data-scene': 'lobby', 'data-label': 'stage.label', tabindex: '-1' },
    [
      'div',
      { class: 'picture' },
      picture,
      ['div', { class: 'veil', 'aria-hidden': 'true' }],
      [
        'p',
        { id: 'speaking', class: 'speaking', 'aria-hidden': 'true' },
        ['span', { class: 'bars' }, ['i'], ['i'], ['i'], ['i']],
        ['span', { id: 'activity' }],
      ],
      [
        'p',
        { id: 'signal', class: 'signal', part: 'line', hidden: '' },
        ['span', { class: 'strength', 'aria-hidden': 'true' }, ['i'], ['i'], ['i']],
        ['span', { id: 'signal-text' }],
      ],
      trouble,
      ['div', { id: 'starting', class: 'starting', hidden: '' }, ['span', { class: 'ripple', 'aria-hidden': 'true' }, ['i']], ['p', { id: 'starting-text' }]],
      ['p', { id: 'subtitle', class: 'subtitle', part: 'subtitle', 'aria-hidden': 'true', hidden: '' }, ['span', {}, ['b', { id: 'subtitle-before' }], ['b', { id: 'subtitle-again', class: 'again' }], ['b', { id: 'subtitle-spoken' }], ['i', { id: 'subtitle-coming' }]]],
      ['button', { id: 'sound', class: 'sound', type: 'button', hidden: '' }, icon(['M4 9.5v5h3.5L12 18.5v-13L7.5 9.5zM15.5 9a4.2 4.2 0 0 1 0 6M18 6.5a8 8 0 0 1 0 11']), ['span', { 'data-text': 'sound.blocked' }]],
      dock,
      ['ol', { id: 'timeline', class: 'timeline', part: 'timeline', 'data-label': 'timeline.label', hidden: '' }],
      ['div', { id: 'timeline-tip', class: 'tip', 'aria-hidden': 'true', hidden: '' }],
      ['div', { id: 'toast', class: 'toast', part: 'toast', 'aria-hidden': 'true' }],
    ],
    [
      'div',
      { id: 'lobby', class: 'lobby', part: 'lobby' },
      ['span', { class: 'sign', 'aria-hidden': 'true' }, icon(['M12 7v6M12 16.8v.1M12 3.2a8.8 8.8 0 1 0 .01 0z'])],
      ['div', { class: 'words' }, ['h2', { id: 'lobby-title' }], ['p', { id: 'lobby-text' }]],
      ['slot', { name: 'lobby' }],
      ['button', { id: 'start', class: 'cta', part: 'button start', type: 'button' }],
    ],
  ],
  ['p', { id: 'announcer', class: 'hidden', role: 'status' }],
  ['slot', { id: 'sound-slot', name: 'sound' }, ['audio', { id: 'audio', autoplay: '' }]],
];
