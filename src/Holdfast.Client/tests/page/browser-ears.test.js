import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BrowserEars } from '../../../Holdfast.Server/wwwroot/js/browser-ears.js';

/** A browser's recognition as the Web Speech API describes it: it ends by itself, and after an error. */
function browser() {
  const made = [];
  class Recognition extends EventTarget {
    isRunning = false;
    constructor() {
      super();
      made.push(this);
    }
    start() {
      assert.ok(!this.isRunning, 'it was started twice');
      this.isRunning = true;
    }
    abort() {
      queueMicrotask(() => this.#end());
    }
    understand(transcript, isFinal = true) {
      this.dispatchEvent(Object.assign(new Event('result'), { resultIndex: 0, results: [Object.assign([{ transcript }], { isFinal })] }));
    }
    fail(error) {
      this.dispatchEvent(Object.assign(new Event('error'), { error }));
      this.#end();
    }
    end() {
      this.#end();
    }
    #end() {
      if (!this.isRunning) return;
      this.isRunning = false;
      this.dispatchEvent(new Event('end'));
    }
  }
  const texts = [];
  const troubles = [];
  const ears = new BrowserEars(Recognition, { language: () => 'zh-CN', onText: (text) => texts.push(text), onTrouble: (reason) => troubles.push(reason) });
  return { ears, made, texts, troubles, get now() { return made.at(-1); } };
}

test('what the browser understands is a text, once it is final', () => {
  const fake = browser();
  fake.ears.start();
  assert.equal(fake.now.lang, 'zh-CN');
  fake.now.understand('你', false);
  fake.now.understand(' 你好 ');
  fake.now.understand(' ');
  assert.deepEqual(fake.texts, ['你好']);
});

test('it listens on when it ends by itself, and not when it was turned off', () => {
  const fake = browser();
  fake.ears.start();
  fake.now.fail('no-speech');
  assert.equal(fake.made.length, 2);
  fake.now.end();
  assert.equal(fake.made.length, 3);
  fake.ears.stop();
  fake.now.end();
  assert.equal(fake.made.length, 3);
  assert.ok(!fake.ears.isOn);
  fake.now.understand('late');
  assert.deepEqual(fake.texts, []);
});

test('while the avatar speaks it does not listen', async () => {
  const fake = browser();
  fake.ears.start();
  fake.ears.rest(true);
  fake.now.understand('what the avatar says');
  await Promise.resolve();
  assert.equal(fake.made.length, 1);
  fake.ears.rest(false);
  assert.equal(fake.made.length, 2);
  fake.now.understand('hello');
  assert.deepEqual(fake.texts, ['hello']);
});

test('the avatar’s sentence was so short that the recognition had not ended: it goes on all the same', async () => {
  const fake = browser();
  fake.ears.start();
  fake.ears.rest(true);
  fake.ears.rest(false);
  await Promise.resolve();
  assert.ok(fake.now.isRunning);
});

test('where it may not, or cannot, the person is told and it is off', () => {
  for (const [error, reason] of [['not-allowed', 'mic.denied'], ['network', 'mic.ears.failed'], ['audio-capture', 'mic.missing']]) {
    const fake = browser();
    fake.ears.start();
    fake.now.fail(error);
    assert.deepEqual(fake.troubles, [reason]);
    assert.ok(!fake.ears.isOn);
    assert.equal(fake.made.length, 1);
  }
});
