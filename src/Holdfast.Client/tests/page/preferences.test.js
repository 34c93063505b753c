import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Preferences } from '../../../Holdfast.Server/wwwroot/js/preferences.js';

function storageWith(entries = {}) {
  const kept = new Map(Object.entries(entries));
  return { kept, getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => void kept.set(key, value) };
}

test('the language follows the browser until a person chooses', () => {
  for (const [browser, language] of [['zh-CN', 'zh-CN'], ['zh', 'zh-CN'], ['zh-Hant-TW', 'zh-CN'], ['en-GB', 'en'], ['fr', 'en']]) {
    assert.equal(new Preferences(storageWith(), browser).values.language, language, browser);
  }
  assert.equal(new Preferences(storageWith({ 'holdfast.language': 'en' }), 'zh-CN').values.language, 'en');
});

test('a choice is told and kept for the next visit', () => {
  const storage = storageWith();
  const preferences = new Preferences(storage, 'zh-CN');
  let told = 0;
  preferences.addEventListener('change', () => told++);
  preferences.set({ theme: 'dark', volume: 0.4, muted: true, subtitles: false, policy: 'auto', avatar: 'kai', voice: 'male', speed: 1.25, model: 'poet', mode: 'echo', listening: 'pushToTalk', microphone: 'usb', ears: 'browser' });
  assert.equal(told, 1);
  assert.deepEqual(new Preferences(storage, 'zh-CN').values, { language: 'zh-CN', theme: 'dark', volume: 0.4, muted: true, subtitles: false, policy: 'auto', avatar: 'kai', voice: 'male', speed: 1.25, model: 'poet', mode: 'echo', listening: 'pushToTalk', microphone: 'usb', ears: 'browser' });
});

test('nonsense in the storage is not believed', () => {
  const { values } = new Preferences(storageWith({ 'holdfast.theme': 'pink', 'holdfast.volume': '11', 'holdfast.language': '', 'holdfast.policy': 'never', 'holdfast.speed': '9' }), 'en');
  assert.equal(values.theme, 'system');
  assert.equal(values.policy, 'manual');
  assert.equal(values.volume, 1);
  assert.equal(values.speed, 1);
  assert.equal(values.language, 'en');
});

test('a browser that keeps nothing still lets a person choose', () => {
  const forbidden = () => {
    throw new DOMException('no', 'SecurityError');
  };
  const preferences = new Preferences({ getItem: forbidden, setItem: forbidden }, 'en');
  preferences.set({ theme: 'light' });
  assert.equal(preferences.values.theme, 'light');
});
