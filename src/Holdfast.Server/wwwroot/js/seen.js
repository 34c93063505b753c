/** A connection may bring sound alone: then nothing is seen, and what waits does so no longer. */
const PATIENCE_MS = 3_000;

/**
 * Fulfilled once a picture is seen, or none seems to come.
 * @param {HTMLVideoElement} video
 * @returns {Promise<void>}
 */
export function seen(video) {
  return new Promise((resolve) => {
    // Time passes with the first sound already, which may be there before the picture.
    const look = () => {
      if (!(video.videoWidth > 0 && video.currentTime > 0)) return;
      video.removeEventListener('timeupdate', look);
      resolve();
    };
    video.addEventListener('timeupdate', look);
    look();
    setTimeout(resolve, PATIENCE_MS);
  });
}
