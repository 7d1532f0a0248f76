import { beforeEach, describe, expect, it } from 'vitest';
import type { Database } from '../../../src/db/connection.ts';
import {
  createForecastRepository,
  type ForecastRepository,
} from '../../../src/decisions/forecast-repository.ts';
import { PaperdeskError } from '../../../src/errors.ts';
import {
  createMarketRepository,
  type MarketRepository,
} from '../../../src/market/store/market-repository.ts';
import type { ModelPackage } from '../../../src/packages/model-package.ts';
import { DEFAULT_PIPELINE } from '../../../src/pipeline/default-pipeline.ts';
import { measureHorizons } from '../../../src/statistics/horizon-quality.ts';
import { createLiveForecastQuality } from '../../../src/statistics/live-forecast-quality.ts';
import { DECISION_CANDLE_MS } from '../../helper/default-candles.ts';
import { silentLog } from '../../helper/log.ts';
import { seededRandom, spread } from '../../helper/random.ts';
import { openTestDatabase } from '../../helper/test-database.ts';

const START = Date.UTC(2026, 0, 1);
const HISTORY = 3072;
const DAY = 24 * 60 * 60_000;

/** Candles from long before START until ten days after it. */
const candles = (() => {
  const next = spread(seededRandom(8), 0.004);
  let close = 100;
  return Array.from({ length: HISTORY + 960 }, (_, i) => {
    close *= Math.exp(next());
    const openTime = START + (i - HISTORY) * DECISION_CANDLE_MS;
    return { openTime, open: close, high: close, low: close, close, volume: 1 };
  });
})();
const quantiles = Float32Array.from({ length: 576 }, (_, i) => [-0.01, 0, 0.01][i % 3] as number);

function modelOf(version = '1'): ModelPackage {
  const manifest = { symbol: 'BTCUSDT' };
  return { id: 'alpha', version, manifest, pipeline: DEFAULT_PIPELINE } as unknown as ModelPackage;
}

let database: Database;
let market: MarketRepository;
let forecasts: ForecastRepository;
let now: number;
beforeEach(async () => {
  now = START + 10 * DAY;
  database = await openTestDatabase();
  market = createMarketRepository(database);
  forecasts = createForecastRepository(database, () => now);
});

function qualityWith(load: (from: number, to: number) => Promise<void> = store) {
  return createLiveForecastQuality({
    ...{ forecasts, candles: market.candles, log: silentLog, now: () => now, pause: async () => {} },
    loader: { load: (_symbol, _timeframe, from, to) => load(from, to) },
  });
}

async function store(from: number, to: number) {
  const wanted = candles.filter(({ openTime }) => openTime >= from && openTime <= to);
  await market.candles.store('BTCUSDT', '15m', wanted);
}

const storeForecast = (asOf: number, origin: 'live' | 'replay' = 'live') =>
  forecasts.store(
    { packageId: 'alpha', packageVersion: '1', symbol: 'BTCUSDT' },
    [{ asOf, quantiles }],
    origin,
  );

describe('the quality of live forecasts', () => {
  it('measures all forecasts of live decisions against their baseline', async () => {
    await store(START, now);
    const asked = [START, START + 5 * DECISION_CANDLE_MS, START + 900 * DECISION_CANDLE_MS];
    for (const asOf of asked) await storeForecast(asOf);
    await storeForecast(START + 7 * DECISION_CANDLE_MS, 'replay');
    const quality = await qualityWith().read(modelOf());
    expect(quality).toMatchObject({
      packageVersion: '1',
      forecasts: 3,
      from: START,
      to: START + 900 * DECISION_CANDLE_MS,
    });
    const expected = await measureHorizons(
      {
        closes: Float64Array.from(candles, ({ close }) => close),
        forecasts: asked.map((asOf) => ({
          index: HISTORY - 1 + (asOf - START) / DECISION_CANDLE_MS,
          quantiles,
        })),
        pipeline: DEFAULT_PIPELINE,
      },
      async () => {},
    );
    expect(quality.horizons).toEqual(expected);
    expect(quality.horizons.map(({ forecasts: known }) => known)).toEqual([3, 3, 3, 2, 2]);
    expect(quality.horizons.every(({ compared }) => compared >= 2)).toBe(true);
  });

  it('is measured without a baseline if the exchange is unavailable', async () => {
    await store(START - DECISION_CANDLE_MS, now);
    for (let i = 0; i < 10; i++) await storeForecast(START + 4 * i * DECISION_CANDLE_MS);
    const away = () => Promise.reject(new PaperdeskError('MARKET_UNAVAILABLE', 'away'));
    const { horizons } = await qualityWith(away).read(modelOf());
    expect(horizons[0]).toMatchObject({ forecasts: 10, compared: 0, againstClimatology: null });
    expect(horizons[0]?.coverage).not.toBeNull();
  });

  it('repeats the close before a missing candle', async () => {
    await store(START - 3 * DECISION_CANDLE_MS, START + 2 * DECISION_CANDLE_MS);
    await store(START + 6 * DECISION_CANDLE_MS, now);
    await storeForecast(START + 8 * DECISION_CANDLE_MS);
    const { horizons } = await qualityWith(async () => {}).read(modelOf());
    expect(horizons[0]).toMatchObject({ forecasts: 1 });
  });

  it('is measured again after the next candle closes, and stays the same until that is done', async () => {
    await store(START, now);
    await storeForecast(START);
    const quality = qualityWith();
    expect(quality.latest(modelOf())).toBeNull();
    const first = await quality.read(modelOf());
    await storeForecast(START + DECISION_CANDLE_MS);
    expect(await quality.read(modelOf())).toBe(first);
    now += DECISION_CANDLE_MS;
    expect(quality.latest(modelOf())).toBe(first);
    await expect.poll(() => quality.latest(modelOf())?.forecasts).toBe(2);
  });

  it('belongs to one version of a package, and to the last 90 days', async () => {
    await store(START, now);
    await storeForecast(START);
    expect(await qualityWith().read(modelOf('2'))).toMatchObject({ forecasts: 0, from: null, to: null });
    now = START + 91 * DAY;
    expect(await qualityWith().read(modelOf())).toMatchObject({ forecasts: 0 });
  });
});
