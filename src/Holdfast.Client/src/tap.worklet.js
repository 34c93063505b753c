// Runs in the browser's audio thread: hands on what it hears, 2,048 samples at a time.

/* global AudioWorkletProcessor, registerProcessor */

const PIECE = 2_048;

class Tap extends AudioWorkletProcessor {
  #piece = new Float32Array(PIECE);
  #filled = 0;

  /**
   * @override
   * @param {Float32Array[][]} inputs
   */
  process([input]) {
    const samples = input[0];
    // Without an input there is nothing to hear at the moment: the track may come back.
    if (!samples) return true;
    this.#piece.set(samples, this.#filled);
    this.#filled += samples.length;
    if (this.#filled === PIECE) {
      this.port.postMessage(this.#piece, [this.#piece.buffer]);
      this.#piece = new Float32Array(PIECE);
      this.#filled = 0;
    }
    return true;
  }
}

registerProcessor('holdfast-tap', Tap);
