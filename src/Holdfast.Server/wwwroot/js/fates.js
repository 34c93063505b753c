/** @typedef {import('./line.js').Line} Line */
/** @typedef {import('./line.js').LineStatus} LineStatus */
/** @typedef {import('./texts.js').Texts} Texts */
/** @typedef {import('./texts.js').PlainTextKey} PlainTextKey */

/**
 * Where the session stands, as far as it matters for what becomes of a line: there is none yet (`before`), sound and pictures flow
 * (`here`), they do not, and the session may be kept (`away`), or it is over (`over`).
 * @typedef {'before' | 'here' | 'away' | 'over'} Situation
 */

/**
 * @param {import('../holdfast/index.js').SessionState} state
 * @returns {Situation}
 */
export function situationOf({ status }) {
  switch (status) {
    case 'idle':
    case 'starting':
    case 'error':
      return 'before';
    case 'connected':
      return 'here';
    case 'interrupted':
    case 'held':
    case 'reconnecting':
      return 'away';
    case 'stopping':
    case 'ended':
      return 'over';
  }
}

/** Why a text was sent in vain, and is sent again. @type {Record<string, PlainTextKey | undefined>} */
const REASONS = {
  network: 'line.why.unanswered',
  timeout: 'line.why.unanswered',
  foreign: 'line.why.foreign',
  malformed: 'line.why.foreign',
  server: 'line.why.server',
  restarting: 'line.why.restarting',
};

/** What the server says about an utterance that it could not say (docs/http-api.md, `failed`). */
const FAULTS = new Set(['voiceMissing', 'voiceFailed', 'voiceTooSlow', 'noSound', 'lost', 'notTaken']);

/** Of several lines in one bubble, the one that decides: the first of these that is there. @type {readonly LineStatus[]} */
const DECIDING = ['failed', 'stopped', 'dropped', 'unknown', 'speaking', 'queued', 'said', 'shown'];

/**
 * The line that says what has become of a bubble.
 * @param {readonly Line[]} lines at least one
 * @returns {Line}
 */
export function decidingLine(lines) {
  for (const status of DECIDING) {
    const found = lines.find((line) => line.status === status);
    // Between two parts of an answer it is still being given.
    if (found && !(status === 'queued' && lines.some((line) => line.status === 'said'))) return found;
  }
  return lines[lines.length - 1];
}

/**
 * How a line is shown: what is still being said stands still while nobody can hear it.
 * @param {Line} line
 * @param {Situation} situation
 * @returns {LineStatus | 'paused'}
 */
export function shownStatus({ status }, situation) {
  return status === 'speaking' && situation !== 'here' ? 'paused' : status;
}

/** What needs no words: that a question was asked shows in its answer, and that a part of an answer was said in the next one. */
const SILENT = new Set(['asked', 'shown', 'hearing']);
const SILENT_IN_ANSWERS = new Set(['speaking', 'queued', 'said']);

/**
 * What has become of a line, in words that are true in this situation.
 * @param {Line} line
 * @param {Situation} situation
 * @param {Texts} texts
 * @param {(error: import('../holdfast/index.js').HoldfastError) => string} errorText
 * @returns {string}
 */
export function fateOf(line, situation, texts, errorText) {
  const shown = shownStatus(line, situation);
  if (shown === 'waiting') return waitingText(line.error, situation, texts);
  if (shown === 'failed') return line.error ? errorText(line.error) : faultText(line, texts);
  if (SILENT.has(shown) || (line.by === 'avatar' && line.turn !== null && SILENT_IN_ANSWERS.has(shown))) return '';
  if (shown === 'queued' && line.by === 'person') return texts[situation === 'here' ? 'line.waits' : 'line.waits.away'];
  return texts[/** @type {PlainTextKey} */ (`line.${shown}`)];
}

/**
 * @param {Line['error']} error
 * @param {Situation} situation
 * @param {Texts} texts
 */
function waitingText(error, situation, texts) {
  if (situation !== 'here') return texts[`line.waiting.${situation}`];
  if (!error) return texts['line.waiting.turn'];
  if (error.code === 'busy') return texts['line.waiting.busy'];
  const why = texts[REASONS[error.code] ?? 'line.why.other'];
  return texts['line.waiting.again'](why);
}

/**
 * @param {Line} line
 * @param {Texts} texts
 */
function faultText({ fault, problem }, texts) {
  if (FAULTS.has(fault)) return texts[/** @type {PlainTextKey} */ (`line.failed.${fault}`)];
  return problem || texts['line.failed.other'];
}
