/**
 * What a browser can do with the sound of a microphone, beside sending it.
 * @typedef {object} Sound
 * @property {(track: MediaStreamTrack, onSamples: (samples: Float32Array) => void) => Promise<Tap>} tap hears along
 * @property {(samples: Float32Array, rate: number, wanted: number) => Promise<Float32Array>} resample
 */

/**
 * Somebody who hears along.
 * @typedef {object} Tap
 * @property {number} rate samples a second
 * @property {() => void} close
 */

/**
 * The browser's own; null where it has no audio worklets: nothing is recorded there.
 * @returns {Sound | null}
 */
export function browserSound() {
  return 'AudioWorkletNode' in globalThis ? { tap, resample } : null;
}

/** @type {Sound['tap']} */
async function tap(track, onSamples) {
  const context = new AudioContext();
  try {
    // A file of its own, for a strict policy of the page allows no other code.
    await context.audioWorklet.addModule(new URL('./tap.worklet.js', import.meta.url).href);
    const node = new AudioWorkletNode(context, 'holdfast-tap', { numberOfInputs: 1, numberOfOutputs: 0, channelCount: 1, channelCountMode: 'explicit' });
    node.port.onmessage = ({ data }) => onSamples(data);
    context.createMediaStreamSource(new MediaStream([track])).connect(node);
    // Where the page was not touched yet it stands still, and goes on by itself later.
    void context.resume().catch(() => {});
    return { rate: context.sampleRate, close: () => void context.close().catch(() => {}) };
  } catch (thrown) {
    void context.close().catch(() => {});
    throw thrown;
  }
}

/** @type {Sound['resample']} */
async function resample(samples, rate, wanted) {
  const context = new OfflineAudioContext(1, Math.max(1, Math.ceil((samples.length * wanted) / rate)), wanted);
  const buffer = context.createBuffer(1, samples.length, rate);
  buffer.copyToChannel(/** @type {Float32Array<ArrayBuffer>} */ (samples), 0);
  const source = context.createBufferSource();
  source.buffer = buffer;
  source.connect(context.destination);
  source.start();
  return (await context.startRendering()).getChannelData(0);
}
