/**
 * Why there is sound and no picture: `codec` the browser cannot receive VP8, the only format that the server sends; `refused` the
 * server sends none to it, for a reason that the descriptions do not tell.
 * @typedef {'codec' | 'refused'} NoPicture
 */

/**
 * Whether an answer (RFC 8829, 5.3) brings no picture, and why.
 * @param {string} offer of this browser
 * @param {string} answer
 * @returns {NoPicture | null}
 */
export function noPictureIn(offer, answer) {
  const answered = videoSections(answer);
  if (answered.length === 0 || answered.some(isSending)) return null;
  const canVp8 = videoSections(offer).some((section) => /^a=rtpmap:\d+ VP8\/90000/im.test(section));
  return canVp8 ? 'refused' : 'codec';
}

/** @param {string} sdp */
function videoSections(sdp) {
  return sdp.split(/^(?=m=)/m).filter((section) => section.startsWith('m=video'));
}

/**
 * Port 0 refuses a section (RFC 3264, 6).
 * @param {string} section
 */
function isSending(section) {
  return !/^m=video 0 /.test(section) && !/^a=(?:inactive|recvonly)\b/m.test(section);
}
