import { expect, test } from 'vitest';
import { visibleText } from '../../../src/runtime/plain-text.ts';

test.each([
  ['BTCUSDT-15m.csv', 'BTCUSDT-15m.csv'],
  ['\u001b[2J\r\nBTCUSDT', '\\u{1b}[2J\\u{d}\\u{a}BTCUSDT'],
  ['a\u202Evsc.b', 'a\\u{202e}vsc.b'],
  ['Größe 数据', 'Größe 数据'],
])('%j is shown as %j', (text, shown) => {
  expect(visibleText(text)).toBe(shown);
});
