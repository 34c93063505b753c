import { base } from './base.js';
import { controls } from './controls.js';
import { stage } from './stage.js';
import { trouble } from './trouble.js';

/** @type {CSSStyleSheet[] | null} */
let sheets = null;

/** The player's style sheets: constructed, shared by all players of a page, and allowed by every Content-Security-Policy. */
export function styleSheets() {
  sheets ??= [base, stage, trouble, controls].map((text) => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(text);
    return sheet;
  });
  return sheets;
}
