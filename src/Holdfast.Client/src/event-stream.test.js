import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EventStreamParser } from './event-stream.js';

const text = ': hello\r\nid: 7\nevent: word\ndata: {"a":1}\n\ndata:x\rdata: y\r\rid\ndata\n\nevent: nothing\n\nevent: late\ndata: z';
const expected = [
  { id: '7', event: 'word', data: '{"a":1}' },
  { id: '7', event: 'message', data: 'x\ny' },
  { id: '', event: 'message', data: '' },
];

test('events are read as the specification says, and what is not complete is not an event', () => {
  assert.deepEqual(new EventStreamParser().push(text), expected);
});

test('it does not matter where the text is cut', () => {
  for (let size = 1; size < text.length; size++) {
    const parser = new EventStreamParser();
    const events = [];
    for (let at = 0; at < text.length; at += size) events.push(...parser.push(text.slice(at, at + size)));
    assert.deepEqual(events, expected, `pieces of ${size}`);
  }
});
