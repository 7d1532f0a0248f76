import { expect, test } from 'vitest';
import { sentenceWithNames } from '../../../src/web/views/compare/sentence-with-names.ts';

const NAMES = new Map([
  ['paper_btc', 'BTC (paper_btc_2)'],
  ['paper_btc_2', 'paper_btc, $& again'],
]);
const nameOf = (id: string) => NAMES.get(id)!;

test.each([
  ['paper_btc', 'paper_btc_2', 'BTC (paper_btc_2) earned more than paper_btc, $& again: 1.2 % a month.'],
  ['paper_btc_2', 'paper_btc', 'paper_btc, $& again earned more than BTC (paper_btc_2): 1.2 % a month.'],
])('a sentence about %s and %s has each name in its place', (a, b, expected) => {
  const sentence = `${a} earned more than ${b}: 1.2 % a month.`;
  expect(sentenceWithNames({ a, b, sentence }, nameOf)).toBe(expected);
  expect(sentenceWithNames({ a: b, b: a, sentence }, nameOf)).toBe(expected);
});
