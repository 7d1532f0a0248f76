import fc from 'fast-check';
import { expect, test } from 'vitest';
import { eventStreamParser, type StreamMessage } from '../../../src/web/data/event-stream.ts';

const message = (data: string, event = 'message', id?: string): StreamMessage => ({ id, event, data });

test.each<[string, string, StreamMessage[]]>([
  ['a message', 'data: a\n\n', [message('a')]],
  ['kind and id', 'id: r-1\nevent: equity\ndata: {}\n\n', [message('{}', 'equity', 'r-1')]],
  ['several lines', 'data: a\ndata: b\n\n', [message('a\nb')]],
  ['comments', ': listening\n\n: still here\n\ndata: a\n\n', [message('a')]],
  [
    'an id that later messages keep',
    'id: 1\ndata: a\n\ndata: b\n\n',
    [message('a', 'message', '1'), message('b', 'message', '1')],
  ],
  [
    'a kind that later messages do not keep',
    'event: x\ndata: a\n\ndata: b\n\n',
    [message('a', 'x'), message('b')],
  ],
  ['no data', 'event: x\n\n', []],
  ['data without its first space', 'data:  a\n\n', [message(' a')]],
  ['a field without a colon', 'data\n\n', [message('')]],
  ['an unfinished message', 'data: a\n', []],
  ['all kinds of line ends', 'data: a\r\n\r\ndata: b\r\r', [message('a')]],
])('reads %s', (_what, text, expected) => expect(eventStreamParser()(text)).toEqual(expected));

test('reads the same messages from any chunks', () => {
  const text = ': hi\r\n\r\nid: a-1\nevent: decision\ndata: {"x":"é"}\n\r\ndata: one\r\ndata: two\r\n\r\n';
  const whole = eventStreamParser()(text);
  expect(whole).toHaveLength(2);
  fc.assert(
    fc.property(fc.array(fc.nat(text.length), { maxLength: 12 }), (cuts) => {
      const parse = eventStreamParser();
      const places = [0, ...cuts.sort((one, other) => one - other), text.length];
      const chunks = places.slice(1).map((end, index) => text.slice(places[index], end));
      expect(chunks.flatMap(parse)).toEqual(whole);
    }),
  );
});
