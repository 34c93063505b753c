// What an audio worklet has, as far as tap.worklet.js uses it: TypeScript's DOM library does not know it.

declare class AudioWorkletProcessor {
  readonly port: MessagePort;
  process(inputs: Float32Array[][]): boolean;
}

declare function registerProcessor(name: string, processor: new () => AudioWorkletProcessor): void;
