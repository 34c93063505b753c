import { chinese } from './chinese.js';
import { english } from './english.js';

// The page's own texts, in both languages; the player brings those of the stage.

/** @typedef {typeof chinese} Texts */
/** @typedef {keyof Texts} TextKey */
/** The texts without a part to fill in. @typedef {{ [K in TextKey]: Texts[K] extends string ? K : never }[TextKey]} PlainTextKey */

/** @type {Record<import('./preferences.js').Language, Texts>} */
export const texts = { 'zh-CN': chinese, en: english };
