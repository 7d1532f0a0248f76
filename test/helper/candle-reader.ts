import type { StoredCandle } from '../../src/market/store/candle-repository.ts';
import { mayStillArrive } from '../../src/market/store/filled-candle.ts';
import type { MarketRepository } from '../../src/market/store/market-repository.ts';
import type { MarketPipeline } from '../../src/market/store/window-validity.ts';
import type { LiveMarket } from '../../src/market/sync/live-market.ts';
import { DEFAULT_PIPELINE } from '../../src/pipeline/default-pipeline.ts';

const CANDLES_AT_ONCE = 480;

export interface ReaderParts {
  readonly repository: MarketRepository;
  readonly clock: () => number;
}

export interface ReaderOptions {
  readonly symbol: string;
  /** The default one unless given. */
  readonly pipeline?: MarketPipeline;
  /** Open time (ms) of the first candle to read. */
  readonly next: number;
  readonly take: (candles: readonly StoredCandle[]) => Promise<void>;
}

/**
 * Follows a symbol and reads its closed intrabar candles as accounts do: from its own next candle, up to the first filled one
 * that the exchange may still send.
 */
export function followCandles(
  live: LiveMarket,
  { repository, clock }: ReaderParts,
  { symbol, pipeline = DEFAULT_PIPELINE, next: first, take }: ReaderOptions,
) {
  const { intrabarTimeframe, intrabarMs } = pipeline;
  let next = first;
  let stopped = false;
  let reading: Promise<void> = Promise.resolve();

  async function read(storedUpTo: number): Promise<void> {
    while (!stopped && next < storedUpTo) {
      const to = Math.min(storedUpTo, next + CANDLES_AT_ONCE * intrabarMs) - intrabarMs;
      const candles = await repository.candles.range(symbol, intrabarTimeframe, next, to);
      const hole = candles.findIndex(({ openTime }, index) => openTime !== next + index * intrabarMs);
      if (hole !== -1 || candles.length !== (to - next) / intrabarMs + 1)
        throw new Error(`There is a hole between ${next} and ${storedUpTo}`);
      const gaps = await repository.gaps.list(symbol, intrabarTimeframe, next, to);
      const unsure = candles.findIndex(
        ({ filled, openTime }) => filled && mayStillArrive(openTime, gaps, clock()),
      );
      const known = unsure === -1 ? candles : candles.slice(0, unsure);
      if (known.length === 0) return;
      await take(known);
      next += known.length * intrabarMs;
    }
  }

  live.onIntrabarCandles(({ symbol: of, timeframe, storedUpTo }) => {
    if (of === symbol && timeframe === intrabarTimeframe && !stopped)
      reading = reading.then(() => read(storedUpTo));
  });
  live.follow(symbol, pipeline, 'test', () => next);
  return {
    async stop() {
      stopped = true;
      await reading;
    },
  };
}
