// promise: docs/security.md "Names say what they are"

import { expect, test } from 'vitest';
import { labelText, nameText, tagTexts } from '../../../src/packages/label-text.ts';

test('texts are stored in NFC without spaces at their ends', () => {
  expect(nameText('  U\u0308mlaut 模型 👩‍💻 ')).toBe('Ümlaut 模型 👩‍💻');
  expect(labelText('notes', '\none\r\n\ttwo\n')).toBe('one\r\n\ttwo');
  expect(labelText('notes', ' ')).toBe('');
});

test.each([
  ['a\u0000b', 'U+0000', 2],
  ['line\nend', 'U+000A', 5],
  ['a\u202Egnp.exe', 'U+202E', 2],
  ['\u2066a', 'U+2066', 1],
  ['a\u200Bb', 'U+200B', 2],
  ['a\u2028b', 'U+2028', 2],
  ['a\u0085b', 'U+0085', 2],
  ['a\uD800b', 'U+D800', 2],
  ['\u2800', 'U+2800', 1],
  ['a\u{1D173}b', 'U+1D173', 2],
  ['\uFE0F', 'U+FE0F', 1],
  ['\u0301a', 'U+0301', 1],
  [`e${'\u0301'.repeat(20)}`, 'U+0301', 10],
])('%j is refused as a name', (name, code, position) => {
  expect(() => nameText(name)).toThrow(`name has the character ${code} at position ${position};`);
});

test('lengths are those of the stored text', () => {
  expect(nameText(`  ${'e\u0301'.repeat(200)}`)).toHaveLength(200);
  expect(() => nameText('x'.repeat(201))).toThrow('201 characters; at most 200');
  expect(() => nameText(' ')).toThrow('empty');
  expect(() => labelText('notes', 'x'.repeat(10_001))).toThrow('at most 10000');
});

test('tags are told apart without regard to case and compatible forms', () => {
  expect(tagTexts(['Trend', ' trend', 'ＴＲＥＮＤ', 'Straße'])).toEqual(['Trend', 'Straße']);
  expect(() => tagTexts(['a', ' '])).toThrow('empty');
  expect(() => tagTexts(Array.from({ length: 21 }, (_, index) => `t${index}`))).toThrow('21 tags');
});
