import { describe, expect, test } from 'vitest';
import { executableCandles } from '../../../src/accounts/executable-candles.ts';
import { DEFAULT_ACCOUNT_PIPELINE } from '../../../src/trading/account-pipeline.ts';
import { DECISION_CANDLE_MS, INTRABAR_CANDLE_MS } from '../../helper/default-candles.ts';

/** A full hour. */
const HOUR = Date.UTC(2025, 10, 10, 8);
const candle = (openTime: number, filled = false) => ({
  ...{ openTime, open: 100, high: 101, low: 99, close: 100, volume: filled ? 0 : 1, filled },
});
const decisionCandles = Array.from({ length: 6 }, (_, index) =>
  candle(HOUR + (index - 4) * DECISION_CANDLE_MS),
);
const intrabarCandles = Array.from({ length: 12 }, (_, index) => candle(HOUR + index * INTRABAR_CANDLE_MS));
const whole = {
  pipeline: DEFAULT_ACCOUNT_PIPELINE,
  from: HOUR,
  ...{ decisionCandles, intrabarCandles, funding: [], fundingKnownTo: HOUR },
  staysFilled: () => false,
};

describe('what is stored of the market', () => {
  test('is divided into closed decision candles and the forming one', () => {
    const { closed, forming } = executableCandles(whole);
    expect(closed.map(({ candle: { openTime } }) => openTime)).toEqual([HOUR, HOUR + DECISION_CANDLE_MS]);
    expect(forming).toMatchObject({ openTime: HOUR + 2 * DECISION_CANDLE_MS, atr14: 2 });
    expect(forming?.closed).toHaveLength(2);
  });

  test('is not executed before the funding rate of its hour is known', () => {
    const { closed, forming } = executableCandles({ ...whole, fundingKnownTo: HOUR - 1 });
    expect(closed).toEqual([]);
    expect(forming?.closed).toEqual([]);
  });

  test('waits for a missing candle until it is certain that it will not come', () => {
    const withGap = intrabarCandles.map((one, index) => (index === 6 ? candle(one.openTime, true) : one));
    const unsure = executableCandles({ ...whole, intrabarCandles: withGap });
    expect(unsure.closed).toHaveLength(1);
    expect(unsure.forming?.closed).toHaveLength(1);
    const sure = executableCandles({ ...whole, intrabarCandles: withGap, staysFilled: () => true });
    expect(sure.closed.map(({ intrabar }) => intrabar === null)).toEqual([false, true]);
  });
});
