/**
 * Brings the texts of a language, of which a joined page has only one at first.
 * @param {import('./preferences.js').Language} language
 * @returns {Promise<unknown>} rejected where they cannot be loaded; then it may be asked again
 */
export function bring(language) {
  return language === 'en'
    ? Promise.all([import('../holdfast/player/english.js'), import('./english.js')])
    : Promise.all([import('../holdfast/player/chinese.js'), import('./chinese.js')]);
}
