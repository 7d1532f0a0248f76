import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Candle } from '../../../src/candle.ts';
import { wilderAverage } from '../../../src/pipeline/features/indicators.ts';
import { DEFAULT_ACCOUNT_PIPELINE } from '../../../src/trading/account-pipeline.ts';
import {
  type CandleSources,
  type DecisionCandle,
  decisionCandleAt,
  markAt,
} from '../../../src/trading/decision-candle.ts';
import { concatOutcomes } from '../../../src/trading/outcome.ts';
import { type PastPoll, tradePastCandles } from '../../../src/trading/trade-past-candles.ts';
import { DECISION_CANDLE_MS, INTRABAR_CANDLE_MS } from '../../helper/default-candles.ts';
import { account, policySignal, START } from '../../helper/paper.ts';
import { randomRun, tradeLive, tradeReplay } from '../../helper/random-run.ts';

function candle(openTime: number, price: number): Candle {
  return { openTime, open: price, high: price + 1, low: price - 1, close: price, volume: 1 };
}

const decisionCandles = Array.from({ length: 8 }, (_, index) =>
  candle(START + (index - 1) * DECISION_CANDLE_MS, 100),
);
const intrabarCandles = Array.from({ length: 35 }, (_, index) =>
  candle(START + index * INTRABAR_CANDLE_MS, 100),
);

const ALWAYS: PastPoll = {
  windowGate: null,
  signal: () => policySignal({ stopAtrMultiple: 3, targetAtrMultiple: 6 }),
};

const pipeline = DEFAULT_ACCOUNT_PIPELINE;

/** All decision candles after the first one. */
function decisionCandlesOf(sources: CandleSources): DecisionCandle[] {
  return sources.decisionCandles
    .slice(1)
    .map(({ openTime }) => decisionCandleAt(sources, openTime) as DecisionCandle);
}

describe('stored candles', () => {
  it('become decision candles with the close and the average true range of the candle before', () => {
    const funding = [{ time: START + 3 * DECISION_CANDLE_MS + 9, rate: 0.0001 }];
    const sources = { pipeline, decisionCandles, intrabarCandles, funding };
    const candles = decisionCandlesOf(sources);
    expect(candles).toHaveLength(7);
    expect(candles[0]).toMatchObject({ markPrice: 100, atr14: 2, funding: [] });
    expect(candles.map(({ intrabar }) => intrabar?.length)).toEqual([5, 5, 5, 5, 5, 5, 5]);
    expect(candles.map((candle) => candle.funding.length)).toEqual([0, 0, 0, 1, 0, 0, 0]);
    expect(decisionCandleAt(sources, START - DECISION_CANDLE_MS)).toBeNull();
    expect(decisionCandleAt(sources, START + 7 * DECISION_CANDLE_MS)).toBeNull();
  });

  it('give the average true range of exactly the 1500 candles before, so that it does not depend on older ones', () => {
    const many = Array.from({ length: 1600 }, (_, index) => {
      const openTime = START + (index - 1600) * DECISION_CANDLE_MS;
      return { ...candle(openTime, 100 + Math.sin(index)), high: 102 + Math.sin(index * 7) };
    });
    const all = markAt(pipeline, many, START);
    expect(all).toEqual(markAt(pipeline, many.slice(-1500), START));
    expect(markAt(pipeline, many.slice(-20), START)?.atr14).not.toBe(all?.atr14);
    const average = wilderAverage(14);
    for (const [index, { high, low }] of many.slice(-1500).entries()) {
      const before = many.at(index - 1501)!.close;
      average.push(
        index === 0 ? high - low : Math.max(high - low, Math.abs(high - before), Math.abs(low - before)),
      );
    }
    expect(all?.atr14).toBe(average.value);
  });

  it.each([
    ['the first', 0],
    ['a middle', 2],
    ['the last', 4],
  ])(
    'without %s intrabar candle are no complete decision candle, and neither are filled ones',
    (_, missing) => {
      const without = intrabarCandles.filter((__, index) => index !== missing);
      const filled = intrabarCandles.map((one, index) => ({ ...one, filled: index === missing }));
      for (const some of [without, filled]) {
        const candles = decisionCandlesOf({ pipeline, decisionCandles, intrabarCandles: some, funding: [] });
        expect(candles.map(({ intrabar }) => intrabar === null)).toEqual([
          true,
          ...Array.from({ length: 6 }, () => false),
        ]);
      }
    },
  );
});

describe('a replay', () => {
  it('has the same outcome as a live account', async () => {
    await fc.assert(
      fc.asyncProperty(randomRun, async ({ start, candles }) => {
        const live = concatOutcomes(start, tradeLive(start, candles));
        const replayed = await tradeReplay(start, candles);
        for (const records of ['account', 'lines', 'opened', 'closed', 'equity'] as const)
          expect(replayed[records]).toEqual(live[records]);
        expect(replayed.decisions.map(({ asOf }) => asOf)).toEqual(live.decisions.map(({ asOf }) => asOf));
        expect(replayed.withoutIntrabar).toBe(
          candles.filter(({ decisionCandle }) => !decisionCandle.intrabar).length,
        );
      }),
      { numRuns: 60 },
    );
  });

  it('opens nothing in a decision candle that is not complete, and counts those', async () => {
    const candles = decisionCandlesOf({
      ...{ pipeline, decisionCandles, funding: [] },
      intrabarCandles: intrabarCandles.slice(1),
    });
    const result = await tradePastCandles(account(), candles, { pollAt: () => ALWAYS });
    expect(result).toMatchObject({ decisionCandles: 7, withoutIntrabar: 1 });
    expect(result.decisions.map(({ action, reason }) => reason ?? action)).toEqual([
      'GAP',
      ...Array.from({ length: 6 }, () => 'OPEN_LONG'),
    ]);
  });

  it('decides only on candles with a poll', async () => {
    const candles = decisionCandlesOf({ pipeline, decisionCandles, intrabarCandles, funding: [] });
    const polled = new Set([START + DECISION_CANDLE_MS, START + 4 * DECISION_CANDLE_MS]);
    const pollAt = (asOf: number) => (polled.has(asOf) ? ALWAYS : null);
    const { opened, decisions } = await tradePastCandles(account(), candles, { pollAt });
    expect(opened.map(({ openedAt }) => openedAt)).toEqual([...polled]);
    expect(decisions.filter(({ reason }) => reason === 'MISSED')).toHaveLength(5);
  });

  it('reports its progress, and ends when that throws', async () => {
    const candles = decisionCandlesOf({ pipeline, decisionCandles, intrabarCandles, funding: [] });
    const seen: number[] = [];
    const stopped = tradePastCandles(account(), candles, {
      pollAt: () => ALWAYS,
      afterCandle(done) {
        seen.push(done);
        if (done === 3) throw new Error('cancelled');
      },
    });
    await expect(stopped).rejects.toThrow('cancelled');
    expect(seen).toEqual([1, 2, 3]);
  });
});
