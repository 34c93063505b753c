/** @typedef {import('./line.js').Word} Word */

/** Where a subtitle may be cut: after the end of a sentence, or of a part of one. */
const SEAM = /[。！？!?；;\n]+|[.](?=\s|$)|[，,、：:](?=.{12})/gu;
/** No more than this is shown at once. */
const LONGEST = 64;

/**
 * What is shown of a text while one of its words is heard: the part of the sentence around it, up to that word as spoken and
 * the rest as coming.
 * @param {string} text
 * @param {{ offset: number, length: number } | null} word null: nothing was heard yet
 * @param {readonly [number, number] | null} [again] what of the text is said a second time
 * @returns {{ spoken: string, coming: string, again: readonly [number, number] | null }} `again`: where that is in what is spoken
 */
export function subtitleOf(text, word, again = null) {
  const at = word ? Math.min(word.offset, Math.max(0, text.length - 1)) : 0;
  const heard = word ? Math.min(word.offset + word.length, text.length) : 0;
  const seams = [0, ...Array.from(text.matchAll(SEAM), (match) => match.index + match[0].length), text.length];
  let from = 0;
  let to = text.length;
  for (const seam of seams) {
    if (seam <= at) from = seam;
    else if (seam < to) to = seam;
  }
  [from, to] = window(text, from, to, at);
  const middle = Math.min(Math.max(heard, from), to);
  // Punctuation is spoken with the word before it.
  const end = middle + (middle === from ? 0 : /^[\p{P}]*/u.exec(text.slice(middle, to))?.[0].length ?? 0);
  const spoken = text.slice(from, end).trimStart();
  const begin = end - spoken.length;
  const repeated = again && /** @type {const} */ ([Math.max(again[0] - begin, 0), Math.min(again[1] - begin, spoken.length)]);
  return { spoken, coming: text.slice(end, to).trimEnd(), again: repeated && repeated[0] < repeated[1] ? repeated : null };
}

/**
 * A part that is too long is shown in windows, cut where words begin.
 * @param {string} text
 * @param {number} from
 * @param {number} to
 * @param {number} at
 * @returns {[number, number]}
 */
function window(text, from, to, at) {
  let start = from;
  while (to - start > LONGEST) {
    let cut = start + LONGEST;
    // Words of letters are not cut in two; words of Chinese have no seam to see.
    const space = text.lastIndexOf(' ', cut);
    if (space > start + LONGEST / 2) cut = space + 1;
    if (at < cut) return [start, cut];
    start = cut;
  }
  return [start, to];
}

/**
 * Whether sound of an RTP timestamp has been played. Timestamps wrap around at 2^32 (RFC 3550, 5.1).
 * @param {number | null} played the timestamp that is played now; null: not known
 * @param {number | null} timestamp null: not known
 */
export function isPlayed(played, timestamp) {
  return played === null || timestamp === null || ((played - timestamp) | 0) >= 0;
}

/**
 * The place where speech goes on, in a few words: those up to the next pause, if they are few.
 * @param {string} text
 * @param {number} offset
 */
export function placeOf(text, offset) {
  const rest = text.slice(offset).replace(/^[\p{P}\s]+/u, '');
  const part = /^.{2,}?(?=[\p{P}\n])/su.exec(rest.replace(/(?<=[\p{L}])['’-](?=\p{L})/gu, 'x'))?.[0].length ?? rest.length;
  const letters = [...rest.slice(0, part).trimEnd()];
  // A Chinese character says as much, and takes as much room, as two letters do.
  const room = /\p{Script=Han}/u.test(letters.join('')) ? 16 : 32;
  if (letters.length <= room) return letters.join('');
  // Words of letters are not cut in two; words of Chinese have no seam to see.
  return `${letters.slice(0, room - 2).join('').replace(/(?<=\S\s)[\p{Script=Latin}'’]+$/u, '').trimEnd()}…`;
}
