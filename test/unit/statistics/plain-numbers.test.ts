import fc from 'fast-check';
import { expect, it } from 'vitest';
import { DAY_MS } from '../../../src/candle.ts';
import { answerOfStatistics, answerOfTables } from '../../../src/http/performance/statistics-answer.ts';
import { bootstrapIntervals } from '../../../src/statistics/bootstrap.ts';
import { CurveTally } from '../../../src/statistics/curve-tally.ts';
import { logReturns } from '../../../src/statistics/daily-equity.ts';
import { sharpeParts } from '../../../src/statistics/daily-ratios.ts';
import { effectiveTrials } from '../../../src/statistics/effective-trials.ts';
import { histogramOf } from '../../../src/statistics/histogram.ts';
import { comparePair } from '../../../src/statistics/paired-comparison.ts';
import { dailyReturnsOf, performanceOf, type RecordInput } from '../../../src/statistics/performance.ts';
import { deflatedSharpe } from '../../../src/statistics/probabilistic-sharpe.ts';
import { TradeTally } from '../../../src/statistics/trade-tally.ts';
import { addMoney } from '../../../src/trading/money.ts';

const noPause = async () => {};
const START = Date.UTC(2025, 11, 27);

/** Paths of numbers that JSON cannot have, or that print as -0. */
function oddNumbers(value: unknown, path = ''): string[] {
  if (typeof value === 'number')
    return Number.isFinite(value) && !Object.is(value, -0) ? [] : [`${path}: ${value}`];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => oddNumbers(inner, `${path}.${key}`));
}

/** Equity in money, also 0, negative and far above what an account can have. */
const equity = fc.oneof(
  fc.integer({ min: -1e9, max: 1e12 }).map((units) => units / 1e8),
  fc.integer({ min: 9_990, max: 10_010 }),
  fc.constantFrom(10_000, 0, 1e-8, 1e12),
);

const curve = fc.oneof(
  fc.array(equity, { maxLength: 60 }),
  fc.array(fc.integer({ min: 9_000, max: 11_000 }), { minLength: 31, maxLength: 60 }),
  fc
    .tuple(fc.integer({ min: 1, max: 60 }), equity)
    .map(([points, value]) => new Array<number>(points).fill(value)),
);

const trade = fc.record({
  reason: fc.constantFrom('STOP_LOSS' as const, 'SIGNAL' as const),
  netPnl: fc.oneof(
    fc.integer({ min: -1e11, max: 1e11 }).map((units) => units / 1e8),
    fc.constant(0),
  ),
  margin: fc.oneof(
    fc.integer({ min: 1, max: 1e11 }).map((units) => units / 1e8),
    fc.constant(100),
  ),
  openedAt: fc.integer({ min: START, max: START + 60 * DAY_MS }),
  closedAt: fc.integer({ min: START, max: START + 60 * DAY_MS }),
});

const record = fc.record({
  balance: fc.constantFrom(1, 100, 10_000, 10_000_000),
  decisionMs: fc.constantFrom(DAY_MS, DAY_MS / 6),
  curve,
  trades: fc.array(trade, { maxLength: 60 }),
  mark: fc.option(equity),
  firstOpen: fc.option(fc.integer({ min: START, max: START + 60 * DAY_MS })),
  killedAt: fc.option(fc.integer({ min: START, max: START + 60 * DAY_MS })),
  inSample: fc.boolean(),
  decisions: fc.record({ candles: fc.nat(3), decided: fc.nat(3) }),
});

function inputOf({
  balance,
  decisionMs,
  ...given
}: typeof record extends fc.Arbitrary<infer T> ? T : never): RecordInput {
  const tally = new CurveTally(balance, decisionMs);
  given.curve.forEach((value, i) => {
    tally.add({ time: START + (i + 1) * decisionMs, equity: value });
  });
  const trades = new TradeTally();
  for (const one of given.trades) trades.add(one);
  const time = START + (given.curve.length + 0.5) * decisionMs;
  const mark = given.mark === null ? null : { time, equity: given.mark };
  return { curve: tally, trades, mark, firstOpen: given.firstOpen, killedAt: given.killedAt };
}

it('no result is NaN, infinite or -0, and periods sum to the total', async () => {
  await fc.assert(
    fc.asyncProperty(record, async (given) => {
      const input = inputOf(given);
      const { values } = dailyReturnsOf(input);
      const intervals = values.length === 0 ? null : await bootstrapIntervals(values, 'seed', noPause);
      const result = performanceOf({
        ...{ ...input, intervals, inSample: given.inSample, totals: { funding: 0, entry_fee: -0 } },
        ...{ priceFrom: 0, priceTo: 100, decisions: given.decisions },
      });
      expect(oddNumbers(result)).toEqual([]);
      expect(oddNumbers(answerOfStatistics(result))).toEqual([]);
      expect(oddNumbers(answerOfTables(result))).toEqual([]);
      // Above 90 million a float64 cannot hold steps of 1e-8 any more.
      const highest = Math.max(0, ...given.curve.map(Math.abs), Math.abs(given.mark ?? 0));
      for (const table of Object.values(result.periods)) {
        const rows: { pnl: number }[] = table;
        if (rows.length === 0) continue;
        const sum = rows.reduce((total, { pnl }) => addMoney(total, pnl), 0);
        expect(Math.abs(sum - result.totalPnl)).toBeLessThanOrEqual(rows.length * (1e-8 + 1e-15 * highest));
      }
      for (const [figure, value] of Object.entries(result.figures)) {
        if (figure !== 'weeksToTell' && value !== null) expect(result.withheld).not.toHaveProperty(figure);
      }
    }),
    { numRuns: 60 },
  );
});

/** Simple returns, also those of a fall to almost nothing and of a rise from there. */
const returns = fc.oneof(
  fc.array(fc.double({ min: -0.99, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 50 }),
  fc.array(fc.constantFrom(0, -0, 0.01, -0.01, 1e-300, -0.999999999), { minLength: 1, maxLength: 50 }),
);

it('intervals, probabilities and trials of any returns are numbers or null', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(returns, { minLength: 1, maxLength: 4 }), async (all) => {
      const days = Math.min(...all.map(({ length }) => length));
      const trials = effectiveTrials(all.map((values) => logReturns(values.slice(0, days))));
      expect(oddNumbers(trials)).toEqual([]);
      const parts = sharpeParts(all[0]!);
      expect(oddNumbers(parts)).toEqual([]);
      if (parts !== null)
        expect(oddNumbers(deflatedSharpe(parts, { effective: trials.effective, dailySharpes: [] }))).toEqual(
          [],
        );
      expect(oddNumbers(await bootstrapIntervals(all[0]!, 'seed', noPause))).toEqual([]);
    }),
    { numRuns: 40 },
  );
});

it('comparisons of any two records are numbers or withheld', async () => {
  const log = fc.oneof(fc.double({ min: -20, max: 20, noNaN: true }), fc.constantFrom(0, -0, 1e-300, 0.01));
  const pair = fc.array(fc.tuple(log, log), { maxLength: 60 });
  await fc.assert(
    fc.asyncProperty(pair, async (days) => {
      const a = days.map(([value]) => value);
      const b = days.map(([, value]) => value);
      const compared = await comparePair(a, b, 'seed', noPause);
      expect(oddNumbers(compared)).toEqual([]);
      expect(compared.difference === null).toBe(compared.withheld !== null);
      expect((await comparePair(a, a, 'seed', noPause)).withheld).toBe(
        days.length < 30 ? 'FEW_DAYS' : 'EQUAL',
      );
    }),
    { numRuns: 40 },
  );
});

it('a histogram has at most 40 bins, an edge at 0, and counts every number', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { minLength: 1 }), (values) => {
      const histogram = histogramOf(values);
      if (histogram === null) return;
      expect(oddNumbers(histogram)).toEqual([]);
      expect(histogram.counts.length).toBeLessThanOrEqual(40);
      expect(histogram.counts.reduce((sum, count) => sum + count, 0)).toBe(values.length);
    }),
  );
  expect(histogramOf([Number.NaN])).toBeNull();
});
