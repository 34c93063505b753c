import { chinese } from './chinese.js';
import { english } from './english.js';

// Every text that the player shows or says, in both languages.

/** @typedef {typeof chinese} Texts */
/** @typedef {keyof Texts} TextKey */
/** The texts without a part to fill in. @typedef {{ [K in TextKey]: Texts[K] extends string ? K : never }[TextKey]} PlainTextKey */
/** @typedef {'zh-CN' | 'en'} Language */

/** @type {Record<Language, Texts>} */
export const texts = { 'zh-CN': chinese, en: english };

/**
 * The language of the player for a language tag: Chinese, or else English.
 * @param {string} tag
 * @returns {Language}
 */
export function languageOf(tag) {
  return /^zh\b/i.test(tag) ? 'zh-CN' : 'en';
}

/**
 * The sentence for an error, in a person's language. What the server itself said about a refusal is added: it knows more.
 * @param {Texts} words
 * @param {import('../errors.js').HoldfastError} error
 */
export function errorText(words, error) {
  const sentence = sentenceOf(words, error);
  const tellsMore = error.code === 'refused' || error.code === 'sign-in' || error.code === 'server';
  return tellsMore && error.detail ? `${sentence}\n${error.detail}` : sentence;
}

/**
 * @param {Texts} words
 * @param {import('../errors.js').HoldfastError} error
 */
function sentenceOf(words, { code, status, retryAfterSeconds }) {
  if (code === 'full') return words['error.full'](retryAfterSeconds);
  if (code !== 'foreign') return words[`error.${code}`];
  if (status === 404 || status === 410) return words['error.foreign.missing'];
  if (status === 429) return words['error.foreign.busy'];
  return words[status !== null && status >= 500 ? 'error.foreign.down' : 'error.foreign'];
}
