import type { EquityAnswer } from '../../../../http/equity/schema.ts';
import type { EquityPoint } from '../../../charts/equity-layer.ts';
import { getJson } from '../../../data/api.ts';
import type { RecordSource } from '../../../data/record-source.ts';
import { type Resource, useResource } from '../../../data/resource.ts';
import { withQuery } from '../../../data/urls.ts';
import { timeframeMs } from '../../../format/time.ts';
import { equityPoints } from './chart-answers.ts';

type Point = EquityAnswer['items'][number];

/** Candles of one answer, at most. */
const MAX_CANDLES = 5000;
const LONGER = ['15m', '1h', '4h', '1d'];

/** The first point of a run, at which it had its initial balance; null when there is none yet. */
export function useRunStart(source: RecordSource): Resource<Point | null> {
  return useResource(
    async (signal) => (await loadEquity(source, { points: '3' }, signal)).items[0] ?? null,
    [source.equity],
    source.reloadOptions('equity'),
  );
}

/**
 * The equity of a run at the end of each candle, in percent of its start.
 * @param timeframe of the candles; longer ones for a range that has too many of them
 * @param from ms since the epoch, as `to`
 */
export function useEquity(
  source: RecordSource,
  start: Point | null | undefined,
  { timeframe, from, to }: { readonly timeframe: string; readonly from: number; readonly to: number },
): Resource<readonly EquityPoint[]> {
  const lengths = [timeframe, ...LONGER.filter((one) => timeframeMs(one) > timeframeMs(timeframe))];
  const length = lengths.find((one) => (to - from) / timeframeMs(one) < MAX_CANDLES) ?? '1d';
  return useResource(
    async (signal) => {
      if (start == null) return [];
      const query = { timeframe: length, from: new Date(from).toISOString() };
      return equityPoints((await loadEquity(source, query, signal)).items, start.total_equity);
    },
    [source.equity, start?.total_equity, length, from],
    source.reloadOptions('equity'),
  );
}

function loadEquity(source: RecordSource, query: Record<string, string>, signal: AbortSignal) {
  return getJson<EquityAnswer>(withQuery(source.equity, query), { signal });
}
