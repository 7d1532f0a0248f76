import { describe, expect, test } from 'vitest';
import type { AttributionSumsAnswer } from '../../../src/http/attribution/schema.ts';
import { bookkeepingSentence, resultParts, unknownSentence } from '../../../src/web/format/bookkeeping.ts';
import { partlyDecided } from '../../../src/web/format/partly-decided.ts';

function sums(changes: Partial<AttributionSumsAnswer> = {}): AttributionSumsAnswer {
  return {
    ...{ lots: 12, closed: 12, win_rate: 50, price_usdt: 0, entry_slippage_usdt: 0, exit_slippage_usdt: 0 },
    ...{
      slippage_per_lot_usdt: 0,
      stop_gap_usdt: 0,
      liquidation_usdt: 0,
      fees_usdt: 0,
      funding_usdt: 0,
      net_usdt: 0,
    },
    ...{ unknown_usdt: 0, unknown_lots: 0, code: null },
    ...changes,
  };
}

describe('a result in words', () => {
  test.each([
    [
      { price_usdt: 192, fees_usdt: -37, entry_slippage_usdt: -4, stop_gap_usdt: -1, net_usdt: 150 },
      'Price moves made 192.00 USDT. Of these, fees took 37.00 and slippage took 5.00. The result is 150.00 USDT.',
    ],
    [
      { price_usdt: -50, fees_usdt: -37, funding_usdt: 2, net_usdt: -85 },
      'Price moves lost 50.00 USDT, and fees took 37.00. Funding brought 2.00. The result is −85.00 USDT.',
    ],
    [
      { price_usdt: 5, fees_usdt: -3, liquidation_usdt: -1, funding_usdt: -2, net_usdt: -1 },
      'Price moves made 5.00 USDT. Fees took 3.00, liquidations took 1.00 and funding took 2.00. The result is −1.00 USDT.',
    ],
    [{ price_usdt: 3, net_usdt: 3 }, 'Price moves made 3.00 USDT.'],
    [
      { price_usdt: null, unknown_usdt: 9, fees_usdt: -3, net_usdt: 6, unknown_lots: 2 },
      'Fees took 3.00. The result is 6.00 USDT.',
    ],
  ])('%o', (changes, sentence) => {
    expect(bookkeepingSentence(sums(changes))).toBe(sentence);
  });

  test('has the parts that are not 0, and prices', () => {
    const parts = resultParts(sums({ fees_usdt: -3, funding_usdt: 1 }));
    expect(parts.map(({ label }) => label)).toEqual(['Price moves', 'Fees', 'Funding']);
    const unknown = resultParts(sums({ price_usdt: null, unknown_usdt: 9 }));
    expect(unknown).toEqual([{ label: 'Not known', amount: 9 }]);
  });

  test('says of how many lots a part is not known', () => {
    expect(unknownSentence(sums())).toBeNull();
    expect(unknownSentence(sums({ unknown_lots: 2 }))).toMatch(/^Of 2 lots the price before slippage/);
  });
});

test('a ratio of an account that decided on few candles says so', () => {
  expect(partlyDecided({ partly_decided: false, decided_pct: 99 })).toBeNull();
  expect(partlyDecided({ partly_decided: true, decided_pct: 91.24 })).toBe('only 91.2 % of candles decided');
});
