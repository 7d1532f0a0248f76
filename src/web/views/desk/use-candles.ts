import { useRef } from 'preact/hooks';
import type { CandlesAnswer } from '../../../http/market/schema.ts';
import { getJson } from '../../data/api.ts';
import { type Resource, type ResourceOptions, useResource } from '../../data/resource.ts';
import { withQuery } from '../../data/urls.ts';
import { useCommand } from '../../data/use-command.ts';
import { type Candle, joinCandles } from './candle-list.ts';

/** Candles per request. */
const NEWEST = 700;
const OLDER = 1500;
/** A decision candle has five intrabar candles. */
const INTRABAR = 5;
const REFRESH_MS = 5 * 60_000;
const INTRABAR_REFRESH_MS = 60_000;

/**
 * Closed decision candles, oldest first; `loadOlder` adds older ones.
 * @param until ISO 8601; the candles that open before it, instead of the newest ones
 */
export function useCandles(
  symbol: string,
  until: string | undefined,
): {
  readonly candles: Resource<readonly Candle[]>;
  readonly loadOlder: () => void;
} {
  const loaded = useRef({ symbol, list: [] as readonly Candle[], isComplete: false });
  if (loaded.current.symbol !== symbol) loaded.current = { symbol, list: [], isComplete: false };
  const current = loaded.current;
  const candles = useResource<readonly Candle[]>(
    async (signal) => {
      current.list = joinCandles(current.list, await loadCandles(symbol, '15m', NEWEST, until, signal));
      return current.list;
    },
    [symbol, until],
    until === undefined ? onMarketEvent(symbol, REFRESH_MS) : {},
  );
  const { run } = useCommand();
  return {
    candles,
    loadOlder: () => {
      const first = current.list[0];
      if (first === undefined || current.isComplete) return;
      void run(async () => {
        const older = await loadCandles(symbol, '15m', OLDER, first.open_time);
        current.isComplete = older.length === 0;
        current.list = joinCandles(older, current.list);
        candles.set(current.list);
      });
    },
  };
}

/** The newest intrabar candles, from which the forming decision candle is built; none with `until`. */
export function useIntrabarCandles(symbol: string, until: string | undefined): Resource<readonly Candle[]> {
  const isPast = until !== undefined;
  return useResource<readonly Candle[]>(
    (signal) => (isPast ? Promise.resolve([]) : loadCandles(symbol, '3m', INTRABAR, undefined, signal)),
    [symbol, isPast],
    isPast ? {} : onMarketEvent(symbol, INTRABAR_REFRESH_MS),
  );
}

function onMarketEvent(symbol: string, everyMs: number): ResourceOptions {
  return { reloadOn: ['market'], isRelevant: ({ data }) => data.symbol === symbol, everyMs };
}

async function loadCandles(
  symbol: string,
  interval: '3m' | '15m',
  limit: number,
  before?: string,
  signal?: AbortSignal,
): Promise<readonly Candle[]> {
  const address = withQuery('/market/candles', { symbol, interval, limit: String(limit), before });
  const { candles } = await getJson<CandlesAnswer>(address, { signal });
  return candles;
}
