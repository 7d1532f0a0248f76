import { createHistoryRepository } from '../../src/accounts/history-repository.ts';
import type { Candle } from '../../src/candle.ts';
import type { Database } from '../../src/db/connection.ts';
import { createReadRevisions } from '../../src/db/revisions.ts';
import { createBatchForecasts } from '../../src/decisions/batch-forecasts.ts';
import { createDecisions } from '../../src/decisions/decide.ts';
import { createForecastRepository } from '../../src/decisions/forecast-repository.ts';
import { createForecasts } from '../../src/decisions/forecasts.ts';
import { createSingleForecasts } from '../../src/decisions/single-forecasts.ts';
import { createMarketRepository } from '../../src/market/store/market-repository.ts';
import type { ModelPackage } from '../../src/packages/model-package.ts';
import { DEFAULT_PIPELINE } from '../../src/pipeline/default-pipeline.ts';
import { pastWindowAt } from '../../src/replays/past-window-at.ts';
import type { Replay, ReplayOrder } from '../../src/replays/replay-job.ts';
import { createReplayRepository } from '../../src/replays/replay-repository.ts';
import { type RunDependencies, runReplay } from '../../src/replays/run-replay.ts';
import { createSampleRepository } from '../../src/replays/sample-repository.ts';
import { createTrialRepository } from '../../src/statistics/trial-repository.ts';
import { createTrials } from '../../src/statistics/trials.ts';
import { accountPipeline } from '../../src/trading/account-pipeline.ts';
import { DEFAULT_SETTINGS } from '../../src/trading/settings.ts';
import { CANDLE, walk } from './market.ts';
import { START } from './paper.ts';

const DAY_MS = 24 * 60 * 60_000;
const SYMBOL = 'BTCUSDT';
const WIDTH = DEFAULT_PIPELINE.features.length;
const FORECAST_SIZE = DEFAULT_PIPELINE.horizonSteps * 3;

/**
 * A package whose forecast is the last scaled row, and whose policy follows its first feature and, for the size, the forecast,
 * with the rounding of batches much amplified.
 */
export const TEST_MODEL = {
  ...{ id: 'alpha', version: '1', weights: 'float32', files: [], manifest: {} },
  ...{ status: 'READY', warmUpStatus: 'DONE', pipeline: DEFAULT_PIPELINE },
} as unknown as ModelPackage;

const engine = {
  async forecast(_: unknown, values: Float32Array, batch: number) {
    const length = values.length / batch;
    return Float32Array.from({ length: batch * FORECAST_SIZE }, (_one, i) => {
      const last = (Math.floor(i / FORECAST_SIZE) + 1) * length - WIDTH;
      const rounding = batch === 1 ? 1e-6 : 0;
      return (values[last + ((i % FORECAST_SIZE) % WIDTH)]! + (i % 3)) / 100 + rounding;
    });
  },
  async act(_: unknown, observed: Float32Array) {
    const direction = Math.sin(1e4 * observed[0]!);
    const size = 0.1 + 0.05 * Math.sin(1e4 * observed[WIDTH]!);
    return { mean: Float32Array.of(direction, size, 0.2, -0.5, -0.5), std: new Float32Array(5) };
  },
};

/** Stores the candles of a walk: a history before `START`, and `count` candles after it. */
async function storeMarket(database: Database, count: number): Promise<void> {
  const { candles: market, funding } = createMarketRepository(database);
  const history = DEFAULT_PIPELINE.historyCandles;
  const series = walk({ start: START - history * CANDLE, count: history + count });
  await market.store(SYMBOL, '15m', series.candles);
  await market.store(SYMBOL, '3m', series.candles.slice(history).flatMap(intrabarOf));
  const complete = { from: START - history * CANDLE - DAY_MS, to: START + count * CANDLE };
  await funding.store(SYMBOL, series.funding, complete);
}

function intrabarOf({ openTime, open, high, low, close, volume }: Candle): Candle[] {
  return Array.from({ length: 5 }, (_, index) => ({
    ...{ openTime: openTime + (index * CANDLE) / 5, high, low, close, volume: volume / 5 },
    open: index === 0 ? open : close,
  }));
}

/**
 * Runs a replay of `count` candles to its end, in a store of its own with a market of its own.
 * @param changes stages that are injected
 * @param otherwise what is ordered, where it differs
 */
export async function runTestReplay(
  database: Database,
  count: number,
  changes: Partial<RunDependencies> = {},
  otherwise: Partial<ReplayOrder> = {},
): Promise<Replay> {
  await storeMarket(database, count);
  const replays = createReplayRepository(database);
  const order = {
    ...{
      id: 'one',
      packageId: 'alpha',
      packageVersion: '1',
      symbol: SYMBOL,
      marketSource: 'recorded' as const,
    },
    ...{ label: null, counterfactual: null, from: START, to: START + count * CANDLE, initialBalance: 10_000 },
    ...{ settings: DEFAULT_SETTINGS, pipeline: accountPipeline(DEFAULT_PIPELINE) },
    ...otherwise,
  };
  await replays.create([{ order, decided: null }], START, () => {});
  const begun = (await replays.begin(order.id, 'run', '1', START)) as Replay;
  const scaler = { mean: new Float64Array(WIDTH), scale: new Float64Array(WIDTH).fill(1) };
  const parts = { engine, scalers: { of: async () => scaler }, stopwatch: () => 0 };
  const live = createForecasts(parts);
  await runReplay(
    {
      ...{ replays, runId: 'run', windowAt: pastWindowAt, now: () => START },
      samples: createSampleRepository(database),
      trials: createTrials({
        repository: createTrialRepository(database),
        readRevisions: createReadRevisions(database),
      }),
      repository: createMarketRepository(database),
      history: createHistoryRepository(database),
      forecasts: createForecastRepository(database, () => START),
      batchForecasts: createBatchForecasts({ ...parts, live }),
      singleForecasts: createSingleForecasts(parts),
      decisions: createDecisions({
        ...{ forecasts: live, engine, stopwatch: () => 0 },
        normalizations: { of: async () => undefined },
        onFiniteDecision: async () => {},
      }),
      candles: { load: async () => {} },
      funding: { load: async () => {} },
      model: async () => TEST_MODEL,
      onChange: () => {},
      pause: async () => {},
      sleep: async () => {},
      ...changes,
    },
    begun,
  );
  return (await replays.find(order.id)) as Replay;
}
