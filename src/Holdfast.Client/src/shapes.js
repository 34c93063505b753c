// What Holdfast's own successes look like. Whatever has another shape was answered by somebody else, and says nothing.

/** @typedef {(body: any) => boolean} Shape */

const isText = (/** @type {unknown} */ value) => typeof value === 'string' && value !== '';
const isNumber = (/** @type {unknown} */ value) => Number.isFinite(value);

/** @type {Shape} */
const isAnswer = (answer) => answer?.type === 'answer' && isText(answer.sdp);
/** @type {Shape} */
const isKey = (ice) => isText(ice?.secret) && isText(ice.tag);

/** @type {Shape} What a heartbeat is answered, and what a look at the session has as well. */
export const isVitals = (body) => isText(body?.state) && Number.isInteger(body.generation) && isNumber(body.expiresInSeconds);
/** @type {Shape} */
export const isCreated = (body) =>
  Number.isSafeInteger(body?.sessionId) && isText(body.resumeToken) && Number.isInteger(body.generation)
  && isAnswer(body.answer) && isKey(body.ice) && isNumber(body.graceSeconds) && isNumber(body.heartbeatSeconds);
/** @type {Shape} */
export const isRestarted = (body) => Number.isInteger(body?.generation) && isAnswer(body.answer);
/** @type {Shape} */
export const isReconnected = (body) => isRestarted(body) && isText(body.resumeToken) && isKey(body.ice);
/** @type {Shape} */
export const isTaken = (body) => isText(body?.utteranceId) || isText(body?.questionId);
/** @type {Shape} */
export const isRecorded = (body) => isNumber(body?.seconds);
/** @type {Shape} */
export const isStopped = (body) => Number.isInteger(body?.stopped);
/** @type {Shape} */
export const isServer = (body) => isText(body?.version) && typeof body.outage === 'boolean';
/** @type {Shape} */
export const isVoices = (body) => Array.isArray(body?.voices) && body.voices.every((/** @type {any} */ one) => isText(one?.id) && Array.isArray(one.languages));
/** @type {Shape} */
export const isModels = (body) => Array.isArray(body?.models) && body.models.every((/** @type {any} */ one) => isText(one?.name)) && 'default' in body;
/** @type {Shape} */
export const isAvatars = (body) => Array.isArray(body?.avatars) && body.avatars.every((/** @type {any} */ one) => isText(one?.name)) && 'default' in body;
