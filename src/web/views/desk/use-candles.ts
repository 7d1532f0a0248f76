import { useRef } from 'preact/hooks';
import type { CandlesAnswer } from '../../../http/market/schema.ts';
import { getJson } from '../../data/api.ts';
import { type Resource, useResource } from '../../data/resource.ts';
import { useSubmit } from '../../data/use-submit.ts';
import { type Candle, joinCandles } from './candle-list.ts';

const NEWEST = 700;
const OLDER = 1500;
const REFRESH_MS = 5 * 60_000;
const PARTS_REFRESH_MS = 60_000;
const PARTS = 5;

/**
 * Closed 15-minute candles, oldest first; `older` brings more of them.
 * @param until ISO 8601; the newest candles are those that open before it, instead of those that closed last
 */
export function useCandles(
  symbol: string,
  until: string | undefined,
): {
  readonly candles: Resource<readonly Candle[]>;
  readonly older: () => void;
} {
  const held = useRef({ symbol, list: [] as readonly Candle[], isWhole: false });
  if (held.current.symbol !== symbol) held.current = { symbol, list: [], isWhole: false };
  const current = held.current;
  const candles = useResource<readonly Candle[]>(
    async (signal) => {
      current.list = joinCandles(current.list, await candlesOf(symbol, '15m', NEWEST, until, signal));
      return current.list;
    },
    [symbol, until],
    until === undefined ? { ...onClose(symbol), everyMs: REFRESH_MS } : {},
  );
  const submit = useSubmit();
  return {
    candles,
    older: () => {
      const first = current.list[0];
      if (first === undefined || current.isWhole) return;
      void submit.run(async () => {
        const older = await candlesOf(symbol, '15m', OLDER, first.open_time);
        current.isWhole = older.length === 0;
        current.list = joinCandles(older, current.list);
        candles.set(current.list);
      });
    },
  };
}

/** The newest 3-minute candles, which the running 15-minute candle is made of; none where the past is looked at. */
export function useCandleParts(symbol: string, until: string | undefined): Resource<readonly Candle[]> {
  const isPast = until !== undefined;
  return useResource<readonly Candle[]>(
    (signal) => (isPast ? Promise.resolve([]) : candlesOf(symbol, '3m', PARTS, undefined, signal)),
    [symbol, isPast],
    isPast ? {} : { ...onClose(symbol), everyMs: PARTS_REFRESH_MS },
  );
}

function onClose(symbol: string) {
  return {
    reloadOn: ['market'],
    matters: ({ data }: { data: Readonly<Record<string, unknown>> }) => data.symbol === symbol,
  } as const;
}

async function candlesOf(
  symbol: string,
  interval: '3m' | '15m',
  limit: number,
  before?: string,
  signal?: AbortSignal,
): Promise<readonly Candle[]> {
  const query = { symbol, interval, limit: String(limit), ...(before === undefined ? {} : { before }) };
  const { candles } = await getJson<CandlesAnswer>(`/market/candles?${new URLSearchParams(query)}`, {
    signal,
  });
  return candles;
}
