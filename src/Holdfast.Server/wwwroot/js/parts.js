/** @typedef {import('./line.js').Line} Line */

/** What of a line is shown as not heard: the avatar was stopped, or gave it up. */
const CUT = new Set(['stopped', 'dropped', 'unknown', 'failed']);

/**
 * How far the person heard a line, in UTF-16 units.
 * @param {Line} line
 * @param {number} playing up to where of it was played, while it is being said
 */
export function heardOf(line, playing) {
  if (line.by === 'person' || line.status === 'said' || line.status === 'shown' || line.status === 'waiting' || line.status === 'sending') return line.text.length;
  if (line.status === 'speaking') return playing;
  return CUT.has(line.status) ? Math.min(line.heard ?? 0, line.text.length) : 0;
}

/**
 * A line as parts of text, each with how it is shown: `heard`, `again` (heard a second time), `coming`, or `cut` (it will not be heard).
 * @param {Line} line
 * @param {number} playing
 * @returns {{ text: string, as: 'heard' | 'again' | 'coming' | 'cut' }[]}
 */
export function partsOf(line, playing) {
  const { text, again } = line;
  const heard = heardOf(line, playing);
  const rest = CUT.has(line.status) ? /** @type {const} */ ('cut') : 'coming';
  const [from, to] = again ?? [0, 0];
  /** @type {ReturnType<typeof partsOf>} */
  const parts = [
    { text: text.slice(0, Math.min(from, heard)), as: 'heard' },
    { text: text.slice(Math.min(from, heard), Math.min(to, heard)), as: 'again' },
    { text: text.slice(Math.min(to, heard), heard), as: 'heard' },
    { text: text.slice(heard), as: rest },
  ];
  return parts.filter((part) => part.text !== '');
}
