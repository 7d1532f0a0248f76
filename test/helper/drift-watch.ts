import { onTestFinished } from 'vitest';
import { type Candle, type DecisionTimeframe, TIMEFRAME_MS } from '../../src/candle.ts';
import type { Leases } from '../../src/cluster/leases.ts';
import { createReadRevisions } from '../../src/db/revisions.ts';
import { createMarketRepository } from '../../src/market/store/market-repository.ts';
import type { ModelPackage } from '../../src/packages/model-package.ts';
import { DEFAULT_PIPELINE } from '../../src/pipeline/default-pipeline.ts';
import { pipelineFrom } from '../../src/pipeline/pipeline.ts';
import { createDriftWatch } from '../../src/statistics/drift-watch.ts';
import { createFeatureDriftRepository } from '../../src/statistics/feature-drift-repository.ts';
import { createDriftReports } from '../../src/statistics/package-drift.ts';
import { collectingLog } from './log.ts';
import { singleNode } from './single-node.ts';
import { syntheticCandles } from './synthetic-candles.ts';
import { openTestDatabase } from './test-database.ts';
import { manualClock, simulatedTime } from './time.ts';

const DAY = 24 * 60 * 60_000;
export const START = Date.parse('2026-10-01T00:00:00Z');
const MINUTE = 60_000;
const FEATURES = ['ret_1', 'vol_8', 'atr_14', 'hour_sin', 'funding_rate_now'];
const SYMBOL = 'BTCUSDT';

/** A package of one symbol whose features are watched. */
export function watchedModel(
  timeframe: DecisionTimeframe,
  changes: Partial<ModelPackage> = {},
  featureNames: readonly string[] = FEATURES,
): ModelPackage {
  const pipeline = pipelineFrom({
    ...DEFAULT_PIPELINE,
    ...{ decisionTimeframe: timeframe, featureNames },
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
export async function openDriftWatch(
  timeframe: DecisionTimeframe = '1h',
  { features = FEATURES, nodes = [singleNode().leases] as Pick<Leases, 'want'>[] } = {},
) {
  const database = await openTestDatabase();
  const market = createMarketRepository(database);
  const step = TIMEFRAME_MS[timeframe];
  const candles: Candle[] = syntheticCandles(3, 60_000, (80 * DAY) / step).map((candle, index) => ({
    ...candle,
    openTime: START + index * step,
  }));
  const training = {
    mean: new Float64Array([0, 0.005, 300, 0, 1e-4]),
    scale: new Float64Array([0.005, 0.003, 200, 0.7, 5e-5]),
  };
  const state = {
    models: [watchedModel(timeframe, {}, features)],
    scaler: { ...training, training },
    reads: 0,
  };
  const now = manualClock(START);
  const time = simulatedTime(0);
  const log = collectingLog();
  const repository = createFeatureDriftRepository(database);
  const days: string[] = [];
  const open = (leases: Pick<Leases, 'want'>) => {
    const watch = createDriftWatch({
      ...{ repository, now, log, leases, timers: time.timers },
      registry: { list: async () => state.models },
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
  let watches = nodes.map(open);
  const close = () => Promise.all(watches.map((watch) => watch.close()));
  onTestFinished(async () => void (await close()));

  return {
    ...{ state, log, database },
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
      for (const watch of watches) watch.wake();
      await time.pass(20 * MINUTE);
    },
    async restart() {
      await close();
      watches = nodes.map(open);
    },
    rows: async () =>
      (
        await database
          .selectFrom('feature_drift')
          .select(['day', 'features', 'version'])
          .orderBy('day')
          .execute()
      ).map((row) => ({ ...row, day: (row.day - START) / DAY, features: JSON.parse(row.features) })),
    reports: createDriftReports(repository, createReadRevisions(database)),
    drift: async () =>
      (await createDriftReports(repository, createReadRevisions(database)).read())(state.models[0]!),
  };
}
