import assert from 'node:assert/strict';
import { test } from 'node:test';
import { blank } from '../../../Holdfast.Server/wwwroot/js/line.js';
import { texts } from '../../../Holdfast.Server/wwwroot/js/texts.js';
import { transcriptOf } from '../../../Holdfast.Server/wwwroot/js/transcript.js';

const line = (by, text, status, more = {}) => ({ ...blank, id: text, by, text, status, ...more });

test('what is saved is what was said and heard, with what happened to the connection in between', () => {
  const entries = [
    { note: { words: (words) => words['note.connected']('Lin') } },
    { lines: [line('person', 'Why does it rain?', 'asked')] },
    { lines: [line('avatar', 'The air cools down.', 'said'), line('avatar', 'Then drops grow.', 'speaking')] },
    { lines: [line('person', 'And snow?', 'asked')] },
    { lines: [line('avatar', 'Snow is', 'said'), line('avatar', 'frozen water in the air.', 'stopped', { heard: 12 }), line('avatar', 'Not heard.', 'stopped', { heard: 0 })] },
  ];
  assert.equal(transcriptOf(entries, texts.en), [
    '[Connected with Lin]',
    'You: Why does it rain?',
    'Digital human: The air cools down. Then drops grow.',
    'You: And snow?',
    'Digital human: Snow is frozen water…',
    '',
  ].join('\n'));
});

test('it is saved in the language of the page', () => {
  assert.equal(transcriptOf([{ lines: [line('avatar', '你好。', 'said'), line('avatar', '再见。', 'said')] }], texts['zh-CN']), '数字人： 你好。再见。\n');
});
