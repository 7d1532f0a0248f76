// promise: statistics.md, table "Ratios | code"

import { describe, expect, it } from 'vitest';
import { DAY_MS } from '../../../src/candle.ts';
import { bootstrapIntervals } from '../../../src/statistics/bootstrap.ts';
import { CurveTally } from '../../../src/statistics/curve-tally.ts';
import { NO_DECISIONS } from '../../../src/statistics/decided-share.ts';
import type { ForecastQuality } from '../../../src/statistics/forecast-quality.ts';
import { dailyReturnsOf, performanceOf } from '../../../src/statistics/performance.ts';
import { TradeTally } from '../../../src/statistics/trade-tally.ts';
import { worthOf } from '../../../src/statistics/worth.ts';
import { seededRandom } from '../../helper/random.ts';

const START = Date.UTC(2025, 2, 3);
const HOUR_MS = 60 * 60_000;

interface Story {
  readonly days: number;
  readonly lots?: number;
  /** Lots of one position, one hour each. */
  readonly lotsPerPosition?: number;
  /** Mean return of a day. */
  readonly mean?: number;
  /** Only the first so many days have a result. */
  readonly activeDays?: number;
  readonly holding?: number | null;
  readonly inSample?: boolean;
  readonly ruined?: boolean;
  /** Equity half a day after the last whole one. */
  readonly mark?: number;
  /** Whether a lot was opened after all others were closed. */
  readonly isOpen?: boolean;
}

async function judge(story: Story, quality: ForecastQuality | null = null) {
  const { days, lots = 40, lotsPerPosition = 2, mean = 0, activeDays = days, holding = 0.012 } = story;
  const random = seededRandom(5);
  const curve = new CurveTally(10_000, DAY_MS);
  let equity = 10_000;
  for (let day = 0; day < days; day++) {
    if (day < activeDays) equity *= 1 + mean + (random() - 0.5) / 100;
    curve.add({ time: START + (day + 1) * DAY_MS, equity: story.ruined === true && day === 1 ? 0 : equity });
  }
  const trades = new TradeTally();
  for (let index = 0; index < lots; index++) {
    const openedAt = START + Math.floor(index / lotsPerPosition) * 2 * HOUR_MS;
    const times = { openedAt, closedAt: openedAt + HOUR_MS };
    trades.add({ ...times, netPnl: index % 4 === 0 ? 10 : -1, margin: 100, reason: 'SIGNAL' });
  }
  const mark = story.mark === undefined ? null : { time: START + (days + 0.5) * DAY_MS, equity: story.mark };
  const firstOpen = story.isOpen === true ? START + days * DAY_MS : null;
  const record = { curve, trades, mark, firstOpen, killedAt: null };
  const { values } = dailyReturnsOf(record);
  const intervals = values.length < 30 ? null : await bootstrapIntervals(values, 'worth', async () => {});
  const performance = performanceOf({
    ...{ ...record, intervals, inSample: story.inSample ?? false, totals: {}, decisions: NO_DECISIONS },
    ...{ priceFrom: holding === null ? null : 100, priceTo: 100 * (1 + (holding ?? 0)) },
  });
  return worthOf(performance, quality);
}

describe('the worth of a package', () => {
  it('is not proven where the hours after the last whole day turned its result around', async () => {
    expect((await judge({ days: 60, mean: 0.004 })).code).toBe('MAKES_MONEY');
    const turned = await judge({ days: 60, mean: 0.004, mark: 9_900 });
    expect(turned).toMatchObject({
      code: 'NOT_PROVEN',
      sentence: expect.stringMatching(/^Not proven: it lost 1.00/),
    });
    const up = await judge({ days: 60, mean: -0.004, mark: 10_100 });
    expect(up).toMatchObject({
      code: 'NOT_PROVEN',
      sentence: expect.stringMatching(/^Not proven: it made 1.00/),
    });
  });

  it.each<[string, Story, string, RegExp]>([
    ['never trades', { days: 14, lots: 0 }, 'NEVER_TRADED', /^Never traded: 0 lots in 14 days\.$/],
    [
      'has not traded yet',
      { days: 3, lots: 0 },
      'TOO_EARLY',
      /^Too early: 0 of 31 lots after 3 of 30 days\.$/,
    ],
    ['is ruined', { days: 40, ruined: true }, 'RUINED', /^Loses money: all of its equity was lost\.$/],
    [
      'was trained on the range',
      { days: 40, mean: 0.01, inSample: true },
      'IN_SAMPLE',
      /^No evidence: the package was trained on candles of this range\.$/,
    ],
    [
      'has few days and lots',
      { days: 3, lots: 12 },
      'TOO_EARLY',
      /^Too early: 12 of 31 lots after 3 of 30 days\.$/,
    ],
    ['has few days', { days: 14 }, 'TOO_EARLY', /^Too early: 14 of 30 days\.$/],
    [
      'rarely has a result',
      { days: 40, activeDays: 4 },
      'TOO_EARLY',
      /^Too early: a result on 4 of 10 days\.$/,
    ],
    ['has few lots', { days: 40, lots: 12 }, 'TOO_EARLY', /^Too early: 12 of 31 lots after 40 days\.$/],
    [
      'has few positions',
      { days: 40, lotsPerPosition: 10 },
      'TOO_EARLY',
      /^Too early: 4 of 10 positions after 40 days\.$/,
    ],
    [
      'wins',
      { days: 40, mean: 0.01 },
      'MAKES_MONEY',
      /^Makes money: \+\d\d\.\d\d\u00a0% in 40 days, holding made 1\.20\u00a0%\.$/,
    ],
    [
      'loses',
      { days: 40, mean: -0.01, holding: -0.0278 },
      'LOSES_MONEY',
      /^Loses money: −\d\d\.\d\d\u00a0% in 40 days, holding lost 2\.78\u00a0%\.$/,
    ],
    [
      'does neither for certain',
      { days: 40, holding: null },
      'NOT_PROVEN',
      /^Not proven: it (lost|made) \d\.\d\d\u00a0% in 40 days\.$/,
    ],
  ])('that %s', async (_, story, code, sentence) => {
    const worth = await judge(story);
    expect(worth.code).toBe(code);
    expect(worth.sentence).toMatch(sentence);
  });

  it('stands beside the interval, how many bets there were, and how many won', async () => {
    const { parts } = await judge({ days: 40, mean: 0.01 });
    expect(parts).toEqual({
      interval: expect.stringMatching(/^90\u00a0% interval \+\d+\.\d\d\u00a0% to \+\d+\.\d\d\u00a0%$/),
      lots: '40 lots in 20 positions',
      won: expect.stringMatching(/^25\u00a0% won \(\d+\u00a0% to \d+\u00a0%\)$/),
      forecasts: null,
    });
    expect((await judge({ days: 3, lots: 1 })).parts).toMatchObject({
      ...{ interval: null, lots: '1 lot in 1 position', won: '1 of 1 won' },
    });
    expect((await judge({ days: 3, lots: 1, isOpen: true })).parts.lots).toBe('1 lot in 1 position');
    expect((await judge({ days: 3, lots: 0 })).parts).toMatchObject({ lots: 'no closed lot yet', won: null });
  });

  it('says of forecasts what their longest horizon with evidence supports', async () => {
    const horizon = (steps: number, verdict: string, changes = {}) => ({
      ...{ horizon: steps, verdict, coverage: 0.76, nominal: 0.8, independent: 7 },
      ...{ againstRandomWalk: { verdict: 'NO_DIFFERENCE' }, ...changes },
    });
    const forecastsOf = async (...horizons: unknown[]) => {
      const quality = { horizons, decisionMs: HOUR_MS / 4 } as unknown as ForecastQuality;
      return (await judge({ days: 3 }, quality)).parts.forecasts;
    };
    expect(await forecastsOf(horizon(4, 'TOO_NARROW'), horizon(96, 'FEW_INDEPENDENT'))).toBe(
      'forecasts of 1 h: 76\u00a0% inside a band for 80\u00a0%, too narrow; no better or worse than a random walk, as far as can be told',
    );
    expect(await forecastsOf(horizon(192, 'IN_LINE', { againstRandomWalk: null }))).toBe(
      'forecasts of 48 h: 76\u00a0% inside a band for 80\u00a0%, in line',
    );
    expect(await forecastsOf(horizon(4, 'FEW_INDEPENDENT', { coverage: null }))).toBe(
      'forecasts: 7 of 10 independent outcomes',
    );
    expect(await forecastsOf()).toBeNull();
  });
});
