// promise: market.md, table "Validity of a window"

import { expect, test } from 'vitest';
import type { StoredCandle } from '../../../src/market/store/candle-repository.ts';
import { judgeWindow, type MarketPipeline } from '../../../src/market/store/window-validity.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const START = Date.parse('2026-03-02T00:00:00Z');

function pipeline(decisionTimeframe: '15m' | '1h'): MarketPipeline {
  const decisionMs = decisionTimeframe === '1h' ? HOUR : 15 * MINUTE;
  return {
    ...{ decisionTimeframe, decisionMs, intrabarTimeframe: '3m', intrabarMs: 3 * MINUTE },
    ...{ historyCandles: 1500, forecastCandles: 1184 },
  };
}

/** Judges a window whose newest candle closed `ageMs` ago and whose candles `filled` from the newest are filled. */
function judge(of: MarketPipeline, ageMs: number, filled: readonly number[] = [], isFundingKnown = true) {
  const candles: StoredCandle[] = Array.from({ length: 1500 }, (_, index) => ({
    openTime: START + index * of.decisionMs,
    ...{ open: 100, high: 101, low: 99, close: 100, volume: 1, filled: filled.includes(1499 - index) },
  }));
  const closed = candles.at(-1)!.openTime + of.decisionMs;
  const funding = [{ time: closed - 9 * HOUR, rate: 0.0001 }];
  const fundingKnownTo = isFundingKnown ? closed : funding[0]!.time;
  return judgeWindow(of, { candles, funding, fundingKnownTo }, closed + ageMs).reason;
}

test.each([
  ['15m', 30 * MINUTE],
  ['1h', 75 * MINUTE],
] as const)('a window of %s is stale when its next candle is late by more than 15 minutes', (name, limit) => {
  expect(judge(pipeline(name), limit)).toBeNull();
  expect(judge(pipeline(name), limit + 1)).toBe('STALE');
});

test('a window is stale without the settlement that was due', () => {
  expect(judge(pipeline('15m'), 0, [], false)).toBe('STALE');
});

test('a filled candle is a gap among the newest 16, more than 8 are among those of a forecast', () => {
  const of = pipeline('15m');
  const back = (from: number, count: number) => Array.from({ length: count }, (_, index) => from + index);
  expect(judge(of, 0, [15])).toBe('GAP');
  expect(judge(of, 0, [16])).toBeNull();
  expect(judge(of, 0, back(1176, 9))).toBeNull();
  expect(judge(of, 0, back(1175, 9))).toBe('GAP');
});
