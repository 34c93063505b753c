/** @typedef {import('./texts.js').Language} Language */

/** @type {Map<Language, Intl.DateTimeFormat>} */
const formats = new Map();

/**
 * The time of day as a clock on the wall shows it.
 * @param {number} wall milliseconds since 1970
 * @param {Language} language
 */
export function timeOfDay(wall, language) {
  let format = formats.get(language);
  if (!format) formats.set(language, (format = new Intl.DateTimeFormat(language, { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' })));
  return format.format(wall);
}
