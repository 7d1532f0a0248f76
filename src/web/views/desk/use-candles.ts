import { useRef } from 'preact/hooks';
import type { CandlesAnswer } from '../../../http/market/schema.ts';
import { getJson } from '../../data/api.ts';
import type { AccountPipeline } from '../../data/pipeline.ts';
import { type Resource, type ResourceOptions, useResource } from '../../data/resource.ts';
import { withQuery } from '../../data/urls.ts';
import { useCommand } from '../../data/use-command.ts';
import { type Candle, joinCandles } from './candle-list.ts';

/** Candles per request. */
const NEWEST = 700;
const OLDER = 1500;
const REFRESH_MS = 5 * 60_000;
const INTRABAR_REFRESH_MS = 60_000;

/**
 * Closed decision candles, oldest first; `loadOlder` adds older ones.
 * @param until ISO 8601; the candles that open before it, instead of the newest ones
 */
export function useCandles(
  symbol: string,
  { decisionTimeframe: timeframe }: AccountPipeline,
  until: string | undefined,
): {
  readonly candles: Resource<readonly Candle[]>;
  readonly loadOlder: () => void;
} {
  const market = `${symbol} ${timeframe}`;
  const loaded = useRef({ market, list: [] as readonly Candle[], isComplete: false });
  if (loaded.current.market !== market) loaded.current = { market, list: [], isComplete: false };
  const current = loaded.current;
  const candles = useResource<readonly Candle[]>(
    async (signal) => {
      const newest = await loadCandles(symbol, timeframe, NEWEST, until, signal);
      current.list = joinCandles(current.list, newest);
      return current.list;
    },
    [symbol, timeframe, until],
    until === undefined ? onClosedCandle(symbol, timeframe, REFRESH_MS) : {},
  );
  const { run } = useCommand();
  return {
    candles,
    loadOlder: () => {
      const first = current.list[0];
      if (first === undefined || current.isComplete) return;
      void run(async () => {
        const older = await loadCandles(symbol, timeframe, OLDER, first.open_time);
        current.isComplete = older.length === 0;
        current.list = joinCandles(older, current.list);
        candles.set(current.list);
      });
    },
  };
}

/** The newest intrabar candles, from which the forming decision candle is built; none with `until`. */
export function useIntrabarCandles(
  symbol: string,
  { decisionTimeframe, decisionMs, intrabarTimeframe, intrabarMs }: AccountPipeline,
  until: string | undefined,
): Resource<readonly Candle[]> {
  const isPast = until !== undefined;
  return useResource<readonly Candle[]>(
    async (signal) =>
      isPast ? [] : loadCandles(symbol, intrabarTimeframe, decisionMs / intrabarMs, undefined, signal),
    [symbol, decisionTimeframe, intrabarTimeframe, isPast],
    isPast ? {} : onClosedCandle(symbol, decisionTimeframe, INTRABAR_REFRESH_MS),
  );
}

function onClosedCandle(symbol: string, timeframe: string, everyMs: number): ResourceOptions {
  return {
    reloadOn: ['market'],
    isRelevant: ({ data }) => data.symbol === symbol && data.timeframe === timeframe,
    everyMs,
  };
}

async function loadCandles(
  symbol: string,
  interval: string,
  limit: number,
  before?: string,
  signal?: AbortSignal,
): Promise<readonly Candle[]> {
  const address = withQuery('/market/candles', { symbol, interval, limit: String(limit), before });
  const { candles } = await getJson<CandlesAnswer>(address, { signal });
  return candles;
}
