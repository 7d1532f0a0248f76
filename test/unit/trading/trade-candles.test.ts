import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Candle } from '../../../src/candle.ts';
import { DECISION_CANDLE_MS, INTRABAR_CANDLE_MS } from '../../../src/trading/candle-times.ts';
import { decisionCandlesOf } from '../../../src/trading/decision-candle.ts';
import { concatOutcomes, type Outcome } from '../../../src/trading/outcome.ts';
import { collectReplay, type DecisionProvider, replay } from '../../../src/trading/trade-candles.ts';
import { account, policySignal, START } from '../../helper/paper.ts';
import { liveThrough, randomRun, replayThrough } from '../../helper/random-run.ts';

function candle(openTime: number, price: number): Candle {
  return { openTime, open: price, high: price + 1, low: price - 1, close: price, volume: 1 };
}

const candles15m = Array.from({ length: 8 }, (_, index) =>
  candle(START + (index - 1) * DECISION_CANDLE_MS, 100),
);
const candles3m = Array.from({ length: 35 }, (_, index) => candle(START + index * INTRABAR_CANDLE_MS, 100));

const ALWAYS: DecisionProvider = {
  facts: () => ({ model: { archived: false, warm: true }, external: false, market: null }),
  signal: () => policySignal({ stopAtrMultiple: 3, targetAtrMultiple: 6 }),
};

describe('stored candles', () => {
  it('become quarters with the close and the average true range of the candle before', () => {
    const funding = [{ time: START + 3 * DECISION_CANDLE_MS + 9, rate: 0.0001 }];
    const quarters = [...decisionCandlesOf({ candles15m, candles3m, funding })];
    expect(quarters).toHaveLength(7);
    expect(quarters[0]).toMatchObject({ markPrice: 100, atr14: 2, funding: [] });
    expect(quarters.map(({ parts }) => parts?.length)).toEqual([5, 5, 5, 5, 5, 5, 5]);
    expect(quarters.map((quarter) => quarter.funding.length)).toEqual([0, 0, 0, 1, 0, 0, 0]);
  });

  it('begin where they are asked to, with the average true range of all before', () => {
    const rising = candles15m.map((one, index) => ({ ...one, high: one.high + index }));
    const all = [...decisionCandlesOf({ candles15m: rising, candles3m, funding: [] })];
    const some = [
      ...decisionCandlesOf({
        candles15m: rising,
        candles3m,
        funding: [],
        from: START + 2 * DECISION_CANDLE_MS,
      }),
    ];
    expect(some).toEqual(all.slice(2));
  });

  it.each([
    ['the first', 0],
    ['a middle', 2],
    ['the last', 4],
  ])('without %s 3-minute candle are no complete quarter, and neither are filled ones', (_, missing) => {
    const without = candles3m.filter((__, index) => index !== missing);
    const filled = candles3m.map((one, index) => ({ ...one, filled: index === missing }));
    for (const parts of [without, filled]) {
      const quarters = [...decisionCandlesOf({ candles15m, candles3m: parts, funding: [] })];
      expect(quarters.map((quarter) => quarter.parts === null)).toEqual([
        true,
        ...Array.from({ length: 6 }, () => false),
      ]);
    }
  });
});

describe('a replay', () => {
  it('comes to the same as living through the quarters', async () => {
    await fc.assert(
      fc.asyncProperty(randomRun, async ({ start, quarters }) => {
        const outcomes = liveThrough(start, quarters);
        const lived = concatOutcomes(outcomes as [Outcome, ...Outcome[]]);
        const replayed = await replayThrough(start, quarters);
        for (const part of ['account', 'lines', 'opened', 'closed', 'equity'] as const)
          expect(replayed[part]).toEqual(lived[part]);
        expect(replayed.decisions.map(({ asOf }) => asOf)).toEqual(lived.decisions.map(({ asOf }) => asOf));
        expect(replayed.candlesWithoutIntrabar).toBe(quarters.filter(({ quarter }) => !quarter.parts).length);
      }),
      { numRuns: 60 },
    );
  });

  it('opens nothing in a quarter that is not complete, and says how many there are', async () => {
    const quarters = decisionCandlesOf({ candles15m, candles3m: candles3m.slice(1), funding: [] });
    const result = await collectReplay(account(), replay(account(), quarters, ALWAYS));
    expect(result).toMatchObject({ quarters: 7, candlesWithoutIntrabar: 1 });
    expect(result.decisions.map(({ action, reason }) => reason ?? action)).toEqual([
      'GAP',
      ...Array.from({ length: 6 }, () => 'OPEN_LONG'),
    ]);
  });

  it('decides only where a poll came', async () => {
    const quarters = decisionCandlesOf({ candles15m, candles3m, funding: [] });
    const polled = new Set([START + DECISION_CANDLE_MS, START + 4 * DECISION_CANDLE_MS]);
    const provider = { ...ALWAYS, facts: (asOf: number) => (polled.has(asOf) ? ALWAYS.facts(asOf) : null) };
    const { opened, decisions } = await collectReplay(account(), replay(account(), quarters, provider));
    expect(opened.map(({ openedAt }) => openedAt)).toEqual([...polled]);
    expect(decisions.filter(({ reason }) => reason === 'MISSED')).toHaveLength(5);
  });

  it('tells its progress and ends when that throws', async () => {
    const quarters = decisionCandlesOf({ candles15m, candles3m, funding: [] });
    const seen: number[] = [];
    const stop = collectReplay(account(), replay(account(), quarters, ALWAYS), (done) => {
      seen.push(done);
      if (done === 3) throw new Error('cancelled');
    });
    await expect(stop).rejects.toThrow('cancelled');
    expect(seen).toEqual([1, 2, 3]);
  });
});
