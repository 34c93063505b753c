import { element } from './dom.js';

/** The buttons for the whole screen. A narrow header has no room for one: there it is among the settings. */
export function offerFullScreen() {
  for (const id of ['full-screen', 'settings-full-screen']) {
    const button = element(id, HTMLButtonElement);
    button.hidden = !document.fullscreenEnabled;
    button.addEventListener('click', () => {
      // Refused by the browser, it changes nothing.
      void (document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen()).catch(() => {});
    });
  }
}
