import { describe, expect, it, onTestFinished } from 'vitest';
import { type Candle, type DecisionTimeframe, TIMEFRAME_MS } from '../../../src/candle.ts';
import { createReadRevisions } from '../../../src/db/revisions.ts';
import { createMarketRepository } from '../../../src/market/store/market-repository.ts';
import type { ModelPackage } from '../../../src/packages/model-package.ts';
import { DEFAULT_PIPELINE } from '../../../src/pipeline/default-pipeline.ts';
import { pipelineFrom } from '../../../src/pipeline/pipeline.ts';
import { settlingRows } from '../../../src/pipeline/pipeline-memory.ts';
import { createDriftWatch } from '../../../src/statistics/drift-watch.ts';
import { createFeatureDriftRepository } from '../../../src/statistics/feature-drift-repository.ts';
import { createDriftReports } from '../../../src/statistics/package-drift.ts';
import { expectFiniteNumbers } from '../../helper/finite-numbers.ts';
import { collectingLog } from '../../helper/log.ts';
import { singleNode } from '../../helper/single-node.ts';
import { syntheticCandles } from '../../helper/synthetic-candles.ts';
import { openTestDatabase } from '../../helper/test-database.ts';
import { manualClock, simulatedTime } from '../../helper/time.ts';

const DAY = 24 * 60 * 60_000;
const START = Date.parse('2026-10-01T00:00:00Z');
const MINUTE = 60_000;
const FEATURES = ['ret_1', 'vol_8', 'atr_14', 'hour_sin', 'funding_rate_now'];
const SYMBOL = 'BTCUSDT';

function modelOf(timeframe: DecisionTimeframe, changes: Partial<ModelPackage> = {}): ModelPackage {
  const pipeline = pipelineFrom({
    ...DEFAULT_PIPELINE,
    ...{ decisionTimeframe: timeframe, featureNames: FEATURES },
    ...{ lookbackSteps: 32, historyCandles: 400 },
  });
  const edges = [-0.001, 0, 0.001];
  return {
    ...{ id: 'x', version: 'v1', status: 'READY', warmUpStatus: 'DONE', pipeline },
    manifest: { symbol: SYMBOL, feature_quantiles: { ret_1: { edges, shares: [0.25, 0.25, 0.25, 0.25] } } },
    ...changes,
  } as unknown as ModelPackage;
}

/** A store with candles from `START` on, and a watch over it whose clock a test moves. */
async function openWatch(timeframe: DecisionTimeframe = '1h') {
  const database = await openTestDatabase();
  const market = createMarketRepository(database);
  const step = TIMEFRAME_MS[timeframe];
  const candles: Candle[] = syntheticCandles(3, 60_000, (80 * DAY) / step).map((candle, index) => ({
    ...candle,
    openTime: START + index * step,
  }));
  const state = {
    model: modelOf(timeframe),
    scaler: {
      mean: new Float64Array([0, 0.005, 300, 0, 1e-4]),
      scale: new Float64Array([0.005, 0.003, 200, 0.7, 5e-5]),
    },
    reads: 0,
  };
  const now = manualClock(START);
  const time = simulatedTime(0);
  const log = collectingLog();
  const repository = createFeatureDriftRepository(database);
  const days: string[] = [];
  const open = () => {
    const watch = createDriftWatch({
      ...{ repository, now, log, timers: time.timers, leases: singleNode().leases },
      registry: { list: async () => [state.model] },
      scalers: { of: async () => state.scaler },
      market: {
        funding: market.funding,
        candles: {
          ...market.candles,
          range(...query) {
            state.reads += 1;
            return market.candles.range(...query);
          },
        },
      },
      onDay: (id) => days.push(id),
      pause: async () => {},
    });
    watch.start();
    return watch;
  };
  let watch = open();
  onTestFinished(() => watch.close());

  return {
    state,
    log,
    /** Ids of packages, for each time that days were stored. */
    days,
    /** Stores the candles that opened from `from` to before `to`, by days from `START`. */
    async store(from: number, to: number, change: (candle: Candle) => Candle = (candle) => candle) {
      const isIn = ({ openTime }: Candle) => openTime >= START + from * DAY && openTime < START + to * DAY;
      await market.candles.store(SYMBOL, timeframe, candles.filter(isIn).map(change));
    },
    /** Settlements every 8 hours. */
    async settle(from: number, to: number, rate = (index: number) => 1e-4 + (index % 5) * 1e-5) {
      const funding = Array.from({ length: (to - from) * 3 }, (_, index) => ({
        ...{ time: START + from * DAY + index * 8 * 60 * MINUTE, rate: rate(index) },
      }));
      await market.funding.store(SYMBOL, funding, { from: START + from * DAY, to: START + to * DAY });
    },
    /** Lets the watch work some minutes after the begin of a day. */
    async passTo(day: number) {
      now.set(START + day * DAY + 5 * MINUTE);
      watch.wake();
      await time.pass(20 * MINUTE);
    },
    async restart() {
      await watch.close();
      watch = open();
    },
    rows: async () =>
      (
        await database
          .selectFrom('feature_drift')
          .select(['day', 'features', 'version'])
          .orderBy('day')
          .execute()
      ).map((row) => ({ ...row, day: (row.day - START) / DAY, features: JSON.parse(row.features) })),
    drift: async () =>
      (await createDriftReports(repository, createReadRevisions(database)).read())(state.model),
  };
}

describe('the watch over features', () => {
  it('computes each whole day once, also after restarts, and all that it missed', async () => {
    const watch = await openWatch();
    await watch.store(0, 60);
    await watch.settle(0, 60);
    await watch.passTo(20);
    const first = await watch.rows();
    // The 94 candles before a day, after which the first does not count in atr_14 any more, begin after funding is known.
    expect(first.map(({ day }) => day)).toEqual([5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19]);
    expect(watch.days).toEqual(['x']);
    expectFiniteNumbers(first);

    const { reads } = watch.state;
    await watch.passTo(20);
    expect(watch.state.reads).toBe(reads);
    await watch.restart();
    await watch.passTo(20);
    expect([await watch.rows(), watch.days]).toEqual([first, ['x']]);

    await watch.passTo(21);
    await watch.restart();
    await watch.passTo(24);
    const rows = await watch.rows();
    expect(rows.map(({ day }) => day).slice(-5)).toEqual([19, 20, 21, 22, 23]);
    expect(watch.days).toEqual(['x', 'x', 'x']);

    const atOnce = await openWatch();
    await atOnce.store(0, 60);
    await atOnce.settle(0, 60);
    await atOnce.passTo(24);
    const ofLastDay = (features: typeof rows) => features.at(-1)!.features;
    for (const [index, feature] of ofLastDay(rows).entries()) {
      const same = ofLastDay(await atOnce.rows())[index];
      expect(feature.week.z).toBeCloseTo(same.week.z, 2);
      expect({ ...feature.state }).toEqual(same.state);
    }
  });

  it('leaves features that tell the time alone, and knows stability where the manifest has quantiles', async () => {
    const watch = await openWatch();
    await watch.store(0, 60);
    await watch.settle(0, 60);
    await watch.passTo(40);
    const { features } = (await watch.drift())!;
    expect(features.map(({ feature }) => feature).sort()).toEqual([
      ...['atr_14', 'funding_rate_now', 'ret_1', 'vol_8'],
    ]);
    const ret = features.find(({ feature }) => feature === 'ret_1')!;
    expect(ret).toMatchObject({ hasQuantiles: true, monthStability: expect.any(Number) });
    const vol = features.find(({ feature }) => feature === 'vol_8')!;
    expect(vol).toMatchObject({ hasQuantiles: false, weekStability: null, monthStability: null });
  });

  it('begins with 35 days at most, keeps 60, and forgets those of another version', async () => {
    const watch = await openWatch();
    await watch.store(0, 80);
    await watch.settle(0, 80);
    await watch.passTo(50);
    expect((await watch.rows()).map(({ day }) => day)).toEqual(Array.from({ length: 35 }, (_, i) => 15 + i));
    await watch.passTo(79);
    expect((await watch.rows()).map(({ day }) => day)).toEqual(Array.from({ length: 60 }, (_, i) => 19 + i));

    watch.state.scaler = { ...watch.state.scaler, mean: new Float64Array([0, 0.004, 300, 0, 1e-4]) };
    await watch.restart();
    await watch.passTo(79);
    const rows = await watch.rows();
    expect(rows).toHaveLength(35);
    expect(new Set(rows.map(({ version }) => version)).size).toBe(1);
  });

  it('waits for the candles and the funding of a day, and leaves out one whose candles are missing', async () => {
    const watch = await openWatch();
    await watch.store(0, 12);
    await watch.settle(0, 60);
    await watch.passTo(13);
    expect((await watch.rows()).at(-1)!.day).toBe(11);
    await watch.store(12.5, 25);
    await watch.passTo(25);
    const rows = await watch.rows();
    expect(rows.map(({ day }) => day)).toEqual([5, 6, 7, 8, 9, 10, 11, 17, 18, 19, 20, 21, 22, 23, 24]);
    expect(rows.map(({ features }) => features[0].week !== null)).toEqual([
      ...[false, false, false, false, false, false, true],
      ...[false, false, false, false, false, false, true, true],
    ]);

    const unsettled = await openWatch();
    await unsettled.store(0, 12);
    await unsettled.passTo(12);
    expect(await unsettled.rows()).toEqual([]);
    await unsettled.settle(0, 11);
    await unsettled.passTo(12);
    expect((await unsettled.rows()).at(-1)!.day).toBe(10);
  });

  it('finds funding that is 0 for three days, and says so', async () => {
    const watch = await openWatch();
    await watch.store(0, 40);
    await watch.settle(0, 20);
    await watch.settle(20, 40, () => 0);
    await watch.passTo(22);
    expect((await watch.drift())!.alerts).toEqual([]);
    await watch.passTo(23);
    const { alerts, features } = (await watch.drift())!;
    expect(alerts).toMatchObject([{ kind: 'others', state: 'BROKEN', features: ['funding_rate_now'] }]);
    expect(features[0]).toMatchObject({
      feature: 'funding_rate_now',
      sentence: 'funding_rate_now does not change any more: its data are broken.',
    });
  });

  it.each([
    ['on', 16, ['others']],
    ['over', 30, []],
  ] as const)('begins a new package with an episode of the past that is %s', async (_name, today, kinds) => {
    const watch = await openWatch();
    await watch.store(0, 40);
    await watch.store(10, 10.01, (candle) => ({ ...candle, close: candle.close * 1.3 }));
    await watch.settle(0, 40);
    await watch.passTo(today);
    const others = (await watch.drift())!.alerts.filter(({ kind }) => kind === 'others');
    expect(others.map(({ kind }) => kind)).toEqual(kinds);
    const states = (await watch.rows()).map(({ day, features }) => [day, features[1].state.state]);
    expect(states).toContainEqual([9, null]);
    expect(states).toContainEqual([10, 'BROKEN']);
    expect(watch.days).toEqual(['x']);
  });

  it('watches neither archived packages nor those that are not warm, and goes on after a failure', async () => {
    const watch = await openWatch();
    await watch.store(0, 40);
    await watch.settle(0, 40);
    watch.state.model = modelOf('1h', { warmUpStatus: 'RUNNING' });
    await watch.passTo(20);
    expect(await watch.drift()).toBeUndefined();
    watch.state.model = modelOf('1h');
    const { scaler } = watch.state;
    watch.state.scaler = undefined as never;
    await watch.passTo(20);
    expect(watch.log.lines.join()).toContain('the drift of its features could not be computed');
    watch.state.scaler = scaler;
    await watch.passTo(20);
    expect(await watch.drift()).toMatchObject({ day: START + 19 * DAY });
    watch.state.model = modelOf('1h', { status: 'ARCHIVED' });
    await watch.passTo(21);
    expect(await watch.drift()).toBeUndefined();
    expect(watch.days).toEqual(['x']);
  });

  it.each(['5m', '4h'] as const)('takes UTC days of candles of %s', async (timeframe) => {
    const watch = await openWatch(timeframe);
    await watch.store(0, 40);
    await watch.settle(0, 40);
    await watch.passTo(30);
    const rows = await watch.rows();
    const perDay = DAY / TIMEFRAME_MS[timeframe];
    expect(rows.at(-1)).toMatchObject({ day: 29 });
    expect(rows[0]!.day).toBe(1 + Math.ceil(94 / perDay));
    expect(rows.every(({ features }) => features[0].summary.count === perDay)).toBe(true);
  });
});

it('features settle after their warm-up and once they have forgotten the first candle', () => {
  const { pipeline } = modelOf('1h');
  expect(settlingRows(pipeline)).toBe(94);
  expect(settlingRows({ ...pipeline, historyCandles: 72 })).toBe(40);
  expect(settlingRows({ ...pipeline, features: pipeline.features.slice(0, 2) })).toBe(8);
});
