/**
 * The offer, saying of the microphone that lost packets of it may be asked for again (NACK, RFC 4585). Browsers can do that and do not
 * offer it for sound: they play sound at once, where what comes again comes too late. Whoever listens to understand has time.
 * @param {string} sdp a browser's offer
 * @returns {string} the same where nothing is sent, or where it says so already
 */
export function withSoundSentAgain(sdp) {
  return sdp
    .split(/^(?=m=)/m)
    .map((section) => (section.startsWith('m=audio') && /^a=send(recv|only)\r?$/m.test(section) ? withNack(section) : section))
    .join('');
}

/** @param {string} section */
function withNack(section) {
  return section.replace(/^(a=rtpmap:(\d+) opus\/48000\/2)(\r?\n)/im, (line, map, type, end) =>
    new RegExp(`^a=rtcp-fb:(${type}|\\*) nack\\r?$`, 'm').test(section) ? line : `${map}${end}a=rtcp-fb:${type} nack${end}`,
  );
}
