import { HoldfastError } from './errors.js';

/**
 * What the server gave so that a path can be restarted without asking it (docs/protocol.md, "self-made answers").
 * @typedef {object} IceKey
 * @property {string} secret base64url, 32 bytes
 * @property {string} tag the part of the server's ufrag before the generation
 */

/** The server takes no generation that is further ahead of the one in use. */
export const MAX_GENERATIONS_AHEAD = 16;

const PASSWORD_LENGTH = 32;

/**
 * The answer that the server would give to an ICE restart, made without the server: the last answer with credentials that
 * both sides derive. It answers the sections of then: an offer with others needs the server.
 * @param {object} parts
 * @param {string} parts.offer the restarting offer of this browser
 * @param {string} parts.lastAnswer
 * @param {IceKey} parts.key
 * @param {number} parts.generation the new one
 * @param {SubtleCrypto} parts.subtle
 * @returns {Promise<string>}
 */
export async function selfMadeAnswer({ offer, lastAnswer, key, generation, subtle }) {
  const remote = ufragOf(offer);
  const version = /^o=(\S+) (\S+) (\d+) /m.exec(lastAnswer);
  if (!remote || !version || !/^a=ice-ufrag:/m.test(lastAnswer)) throw new HoldfastError('negotiation', 'The last answer cannot be built upon.');
  if (shapeOf(offer) !== shapeOf(lastAnswer)) throw new HoldfastError('negotiation', 'The offer has other sections than the last answer.');
  const ufrag = `${key.tag}/${generation}`;
  const password = await passwordOf(key.secret, `${ufrag}:${remote}`, subtle);
  return lastAnswer
    .replace(/^a=ice-ufrag:\S+/gm, `a=ice-ufrag:${ufrag}`)
    .replace(/^a=ice-pwd:\S+/gm, `a=ice-pwd:${password}`)
    .replace(version[0], `o=${version[1]} ${version[2]} ${nextVersion(version[3])} `);
}

/**
 * The ufrag of the section that carries the transport: the first of the bundle (RFC 9143, 7.3.1), or the first that has one.
 * @param {string} sdp
 */
function ufragOf(sdp) {
  const tagged = /^a=group:BUNDLE (\S+)/m.exec(sdp)?.[1];
  const section = sectionsOf(sdp).find((lines) => tagged !== undefined && midOf(lines) === tagged);
  return [section, sdp].map((text) => /^a=ice-ufrag:(\S+)/m.exec(text ?? '')?.[1]).find((ufrag) => ufrag !== undefined);
}

/**
 * What an offer and its answer have in common: the sections, in order. Those that neither has a tag for are told by their kind alone.
 * @param {string} sdp
 */
function shapeOf(sdp) {
  return sectionsOf(sdp).map((lines) => `${/^\S+/.exec(lines)?.[0]}:${midOf(lines) ?? ''}`).join(' ');
}

/** @param {string} sdp */
function sectionsOf(sdp) {
  return sdp.split(/^m=/m).slice(1);
}

/** @param {string} lines */
function midOf(lines) {
  return /^a=mid:(\S+)/m.exec(lines)?.[1];
}

/**
 * @param {string} secret
 * @param {string} ufrags
 * @param {SubtleCrypto} subtle
 */
async function passwordOf(secret, ufrags, subtle) {
  const key = await subtle.importKey('raw', fromBase64Url(secret), { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
  const mac = new Uint8Array(await subtle.sign('HMAC', key, new TextEncoder().encode(ufrags)));
  return Array.from(mac, (byte) => byte.toString(16).padStart(2, '0')).join('').slice(0, PASSWORD_LENGTH);
}

/** @param {string} text */
function fromBase64Url(text) {
  const characters = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  return Uint8Array.from(characters, (character) => character.charCodeAt(0));
}

/**
 * The session version is a decimal of up to 64 bits (RFC 8866, 5.2): more than a number holds.
 * @param {string} version
 */
function nextVersion(version) {
  return String(BigInt(version) + 1n);
}
