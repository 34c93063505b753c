const HEADER_BYTES = 44;

/**
 * A sound as a WAV file: one channel, 16 bit.
 * @param {Float32Array} samples -1 to 1
 * @param {number} rate samples a second
 * @returns {Uint8Array<ArrayBuffer>}
 */
export function waveFile(samples, rate) {
  const bytes = samples.length * 2;
  const file = new DataView(new ArrayBuffer(HEADER_BYTES + bytes));
  const write = (/** @type {number} */ at, /** @type {string} */ text) => [...text].forEach((letter, i) => file.setUint8(at + i, letter.charCodeAt(0)));
  write(0, 'RIFF');
  file.setUint32(4, HEADER_BYTES - 8 + bytes, true);
  write(8, 'WAVEfmt ');
  file.setUint32(16, 16, true);
  file.setUint16(20, 1, true); // PCM
  file.setUint16(22, 1, true); // one channel
  file.setUint32(24, rate, true);
  file.setUint32(28, rate * 2, true);
  file.setUint16(32, 2, true);
  file.setUint16(34, 16, true);
  write(36, 'data');
  file.setUint32(40, bytes, true);
  samples.forEach((sample, i) => file.setInt16(HEADER_BYTES + i * 2, Math.round(Math.max(-1, Math.min(1, sample)) * 32_767), true));
  return new Uint8Array(file.buffer);
}
