import { beforeEach, describe, expect, it } from 'vitest';
import type { Timeframe } from '../../../src/candle.ts';
import type { Database } from '../../../src/db/connection.ts';
import { PaperdeskError } from '../../../src/errors.ts';
import {
  createMarketRepository,
  type MarketRepository,
} from '../../../src/market/store/market-repository.ts';
import { DEFAULT_PIPELINE } from '../../../src/pipeline/default-pipeline.ts';
import { type LoadDependencies, loadRange } from '../../../src/replays/load-range.ts';
import { DECISION_CANDLE_MS, INTRABAR_CANDLE_MS } from '../../helper/default-candles.ts';
import { openTestDatabase } from '../../helper/test-database.ts';

const DAY = 24 * 60 * 60_000;
const FROM = Date.UTC(2026, 0, 20);
const TO = FROM + DAY;
const WINDOW = 1500 * DECISION_CANDLE_MS;
const ORDER = { symbol: 'BTCUSDT', from: FROM, to: TO };
/** Long before anything is asked for. */
const LISTED = FROM - 60 * DAY;

let database: Database;
let repository: MarketRepository;
beforeEach(async () => {
  database = await openTestDatabase();
  repository = createMarketRepository(database);
});

function flat(openTime: number) {
  return { openTime, open: 1, high: 1, low: 1, close: 1, volume: 1 };
}

function flats(step: number, from: number, to: number) {
  return Array.from({ length: Math.max(0, (to - from) / step) }, (_, i) => flat(from + i * step));
}

/** An exchange that has candles of each timeframe since a moment, or none, or cannot be had. */
function parts(has: Partial<Record<Timeframe, number>>, failures = 0) {
  const asked: [Timeframe | 'funding', number, number][] = [];
  const slept: number[] = [];
  let left = failures;
  const answer = () => {
    if (left-- > 0) throw new PaperdeskError('MARKET_UNAVAILABLE', 'The exchange is away.');
  };
  const loaded: LoadDependencies = {
    repository,
    candles: {
      async load(symbol, timeframe, from, to) {
        asked.push([timeframe, from, to]);
        answer();
        const step = timeframe === '3m' ? INTRABAR_CANDLE_MS : DECISION_CANDLE_MS;
        const since = has[timeframe];
        if (since !== undefined)
          await repository.candles.store(symbol, timeframe, flats(step, Math.max(since, from), to + step));
      },
    },
    funding: {
      async load(symbol, from, to) {
        asked.push(['funding', from, to]);
        answer();
        await repository.funding.store(symbol, [{ time: from, rate: 0.0001 }], { from, to });
      },
    },
    pause: async () => {},
    async sleep(ms) {
      slept.push(ms);
    },
  };
  return { loaded, asked, slept };
}

describe('the candles of a replay', () => {
  it('are loaded with the window before them and the history of the baseline, and asked for once', async () => {
    const { loaded, asked } = parts({ '15m': LISTED, '3m': LISTED });
    await loadRange(loaded, DEFAULT_PIPELINE, ORDER);
    const range = await repository.candles.range('BTCUSDT', '15m', 0, TO);
    expect(range[0]?.openTime).toBe(FROM - 3072 * DECISION_CANDLE_MS);
    expect(range.at(-1)?.openTime).toBe(TO - DECISION_CANDLE_MS);
    expect(await repository.candles.range('BTCUSDT', '3m', 0, TO)).toHaveLength(480);
    expect(await repository.funding.coverage('BTCUSDT')).toMatchObject({ from: FROM - WINDOW - DAY });
    const before = asked.length;
    await loadRange(loaded, DEFAULT_PIPELINE, ORDER);
    expect(asked).toHaveLength(before);
  });

  it('need no exchange where they are stored', async () => {
    await repository.candles.store('BTCUSDT', '15m', flats(DECISION_CANDLE_MS, FROM - WINDOW, TO));
    await repository.candles.store('BTCUSDT', '3m', flats(INTRABAR_CANDLE_MS, FROM, TO));
    await repository.funding.store('BTCUSDT', [], { from: FROM - WINDOW - DAY, to: TO });
    await expect(loadRange(parts({}, 99).loaded, DEFAULT_PIPELINE, ORDER)).resolves.toBeUndefined();
  });

  it('may lack 3m candles, but not all of them', async () => {
    await loadRange(parts({ '15m': LISTED, '3m': TO - INTRABAR_CANDLE_MS }).loaded, DEFAULT_PIPELINE, ORDER);
    await expect(
      loadRange(parts({ '15m': LISTED }).loaded, DEFAULT_PIPELINE, { ...ORDER, to: TO - DECISION_CANDLE_MS }),
    ).rejects.toMatchObject({
      code: 'MARKET_DATA_INVALID',
      message: expect.stringContaining('none of the 3m candles of BTCUSDT from 2026-01-20T00:00:00.000Z'),
    });
  });

  it.each([
    [
      'too young a symbol',
      FROM - WINDOW + DECISION_CANDLE_MS,
      '1 of the 1596',
      'begin at 2026-01-20T00:15:00.000Z',
    ],
    ['no candles at all', TO, '1596 of the 1596', 'none of them is there'],
  ])('are refused for %s, with what is missing', async (_, listed, missing, hint) => {
    const refused = loadRange(parts({ '15m': listed, '3m': LISTED }).loaded, DEFAULT_PIPELINE, ORDER);
    await expect(refused).rejects.toMatchObject({
      code: 'MARKET_DATA_INVALID',
      message: expect.stringContaining(missing),
    });
    await expect(refused).rejects.toMatchObject({ message: expect.stringContaining(hint) });
  });

  it('are asked for again where the exchange is away for a moment', async () => {
    const { loaded, slept } = parts({ '15m': LISTED, '3m': LISTED }, 2);
    await loadRange(loaded, DEFAULT_PIPELINE, ORDER);
    expect(slept).toEqual([2000, 4000]);
  });

  it('are given up where it stays away', async () => {
    const { loaded, slept } = parts({ '15m': LISTED, '3m': LISTED }, 99);
    await expect(loadRange(loaded, DEFAULT_PIPELINE, ORDER)).rejects.toMatchObject({
      code: 'MARKET_UNAVAILABLE',
    });
    // Twice for the baseline, without which it goes on, and twice for the window.
    expect(slept).toEqual([2000, 4000, 2000, 4000]);
  });

  it('are not waited for by a client that has gone', async () => {
    const { loaded, asked } = parts({ '15m': LISTED, '3m': LISTED }, 99);
    const pause = () => Promise.reject(new Error('cancelled'));
    await expect(loadRange({ ...loaded, pause }, DEFAULT_PIPELINE, ORDER)).rejects.toThrow('cancelled');
    expect(asked).toHaveLength(1);
  });
});
