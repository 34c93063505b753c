// Runs before the page is painted, so that a dark page never flashes light and the language is right from the start.
// A classic script on purpose: modules run later. preferences.js knows the same keys.
(function () {
  const root = document.documentElement;
  /** @param {string} key */
  const stored = (key) => {
    try {
      return localStorage.getItem(`holdfast.${key}`);
    } catch {
      return null;
    }
  };
  const theme = stored('theme');
  const dark = theme === 'dark' || (theme !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  root.dataset.theme = dark ? 'dark' : 'light';
  const language = stored('language') ?? navigator.language;
  root.lang = /^zh\b/i.test(language) ? 'zh-CN' : 'en';
})();
