import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { closestNames, createSymbolDirectory } from '../../../src/market/exchange/symbols.ts';

const perpetual = (base: string, quote = 'USDT', more: object = {}) => ({
  symbol: `${base}/${quote}:${quote}`,
  base,
  quote,
  settle: quote,
  swap: true,
  linear: true,
  active: true,
  ...more,
});

const directory = createSymbolDirectory({
  a: perpetual('BTC'),
  b: perpetual('BTC', 'USDC'),
  c: perpetual('1000PEPE'),
  d: perpetual('OLD', 'USDT', { active: false }),
  e: perpetual('ADA', 'USD', { settle: 'ADA', linear: false }),
  f: perpetual('ETH', 'USDT', { swap: false, symbol: 'ETH/USDT:USDT-251226' }),
  g: perpetual('EVIL/../', 'USDT'),
  h: null,
  i: 7,
  j: { swap: true, linear: true },
});

describe('the symbols of an exchange', () => {
  test('are its linear perpetuals that trade', () => {
    expect(directory.trading).toEqual(['1000PEPEUSDT', 'BTCUSDC', 'BTCUSDT']);
    expect(directory.resolve('BTCUSDC')).toBe('BTC/USDC:USDC');
  });

  test('include those that no longer trade, for their history', () => {
    expect(directory.resolve('OLDUSDT')).toBe('OLD/USDT:USDT');
  });

  test.each([
    'ETHUSDT',
    'ADAUSD',
    'btcusdt',
    'BTC/USDT:USDT',
    '__proto__',
    'constructor',
    '',
    'X'.repeat(10_000),
  ])('do not have %s', (name) => {
    expect(() => directory.resolve(name)).toThrow(expect.objectContaining({ code: 'SYMBOL_UNKNOWN' }));
  });

  test('name the closest ones, in a sentence that stays short', () => {
    expect(() => directory.resolve('btcusd')).toThrow(
      'The exchange has no linear perpetual "btcusd". The closest ones are BTCUSDC, BTCUSDT, 1000PEPEUSDT.',
    );
    expect(() => directory.resolve('X'.repeat(10_000))).toThrow(/^.{0,200}$/);
  });

  test('are read from any value without an error', () => {
    fc.assert(fc.property(fc.anything(), (markets) => Array.isArray(createSymbolDirectory(markets).trading)));
  });
});

test('closest names are those with the fewest changes', () => {
  expect(closestNames('SOLUSD', ['BTCUSDT', 'SOLUSDT', 'SUIUSDT', 'SOLUSDC'])).toEqual([
    'SOLUSDC',
    'SOLUSDT',
    'SUIUSDT',
  ]);
  expect(closestNames('PEPEUSDT', ['BTCUSDT', '1000PEPEUSDT', 'PERPUSDT', '1MBABYDOGEUSDT'])[0]).toBe(
    '1000PEPEUSDT',
  );
  expect(closestNames('BABYDOGEUSDT', ['BTCUSDT', 'DOGEUSDT', '1MBABYDOGEUSDT'])[0]).toBe('1MBABYDOGEUSDT');
});
