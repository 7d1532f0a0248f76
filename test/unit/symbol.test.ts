import { expect, test } from 'vitest';
import { canonicalSymbol, SYMBOL } from '../../src/symbol.ts';

test.each([
  ['BTCUSDT', 'BTCUSDT'],
  ['btcusdt', 'BTCUSDT'],
  [' BtcUsdt ', 'BTCUSDT'],
  ['BTC/USDT', 'BTCUSDT'],
  ['btc/usdt:usdt', 'BTCUSDT'],
  ['BTC-USDT', 'BTCUSDT'],
  ['BTC_USDT', 'BTCUSDT'],
  ['1000pepe/usdt:usdt', '1000PEPEUSDT'],
  ['币安人生/USDT', '币安人生USDT'],
])('%j is %s', (text, symbol) => {
  expect(canonicalSymbol(text)).toBe(symbol);
  expect(canonicalSymbol(text)).toMatch(SYMBOL);
});

test.each(['BTC/USDT:BTC', '../etc', 'BTC//USDT', 'BTC/USDT/USDT', '', 'B', "BTC'USDT"])(
  '%j is no symbol',
  (text) => {
    expect(canonicalSymbol(text)).not.toMatch(SYMBOL);
  },
);
