/**
 * What became of a text that was sent:
 * `sending` -> `queued` -> `speaking` -> `said`, or `failed` (not delivered), `stopped` (interrupted), `unknown` (the connection went first).
 * @typedef {'sending' | 'queued' | 'speaking' | 'said' | 'failed' | 'stopped' | 'unknown'} LineStatus
 */

/**
 * One text, in the order it was sent.
 * @typedef {object} Line
 * @property {number} id
 * @property {string} text
 * @property {LineStatus} status
 * @property {string} problem why it failed; else empty
 */

/**
 * The server's word on the lines it has accepted, in order: those no longer waiting were said, the first that is left is
 * being spoken. Lines change only forwards.
 * @param {readonly Line[]} lines
 * @param {{ speaking: boolean, queued: number }} server `queued`: utterances accepted and not ended, the one being spoken included
 * @returns {Line[]}
 */
export function advance(lines, server) {
  const open = lines.filter(isOpen);
  const left = Math.max(server.queued, server.speaking ? 1 : 0);
  const firstLeft = Math.max(0, open.length - left);
  return lines.map((line) => {
    const place = open.indexOf(line);
    if (place < 0) return line;
    const status = place < firstLeft ? 'said' : place === firstLeft && server.speaking ? 'speaking' : line.status;
    return status === line.status ? line : { ...line, status };
  });
}

/**
 * Every line that the server has accepted and not finished gets this status.
 * @param {readonly Line[]} lines
 * @param {'stopped' | 'unknown'} status
 * @returns {Line[]}
 */
export function endOpen(lines, status) {
  return lines.map((line) => (isOpen(line) ? { ...line, status } : line));
}

/** @param {Line} line */
export function isOpen(line) {
  return line.status === 'queued' || line.status === 'speaking';
}
