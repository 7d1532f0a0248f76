import { useRef } from 'preact/hooks';
import type { CandlesAnswer } from '../../../../http/market/schema.ts';
import type { ChartCandle } from '../../../charts/chart-candle.ts';
import { getJson } from '../../../data/api.ts';
import type { AccountPipeline } from '../../../data/pipeline.ts';
import { type Resource, type ResourceOptions, useResource } from '../../../data/resource.ts';
import { withQuery } from '../../../data/urls.ts';
import { useCommand } from '../../../data/use-command.ts';
import { chartCandles, joinCandles } from './candle-list.ts';
import type { LoadedCandles } from './chart-run.ts';
import type { ChartView } from './chart-view.ts';

/** Candles per request, at most. */
const PAGE = 1500;
/** Candles that are loaded again after changes. */
const NEWEST = 100;
const REFRESH_MS = 5 * 60_000;
const INTRABAR_REFRESH_MS = 60_000;

/**
 * Closed candles of a view. Those longer than decision candles are made of these, so that they agree with what was decided on.
 * `loadOlder` and `loadNewer` add to them.
 * @param until end of the run, ms since the epoch; undefined of a live account
 */
export function useCandles(
  symbol: string,
  { decisionTimeframe, decisionMs }: AccountPipeline,
  { timeframe, stepMs, to, loadFrom, loadTo }: ChartView,
  until: number | undefined,
): {
  readonly candles: Resource<LoadedCandles>;
  readonly loadOlder: () => void;
  readonly loadNewer: () => void;
} {
  const end = loadTo ?? until;
  const base = stepMs > decisionMs ? decisionTimeframe : undefined;
  const key = JSON.stringify([symbol, timeframe, loadFrom, end]);
  const loaded = useRef({ key: '', list: [] as readonly ChartCandle[], isComplete: false });
  if (loaded.current.key !== key) loaded.current = { key, list: [], isComplete: false };
  const current = loaded.current;
  const page = (limit: number, before: number | undefined, signal?: AbortSignal) =>
    loadCandles({ symbol, interval: timeframe, base, limit, before }, signal);
  const candles = useResource<LoadedCandles>(
    async (signal) => {
      const known = current.list;
      if (known.length > 0) {
        current.list = joinCandles(known, await page(NEWEST, end, signal), stepMs);
      } else {
        const wanted = Math.min(PAGE, Math.ceil(((end ?? to) - loadFrom) / stepMs));
        let list = await page(wanted, end, signal);
        for (let isFull = list.length === wanted; isFull && list[0]!.time > loadFrom; ) {
          const older = await page(PAGE, list[0]!.time, signal);
          isFull = older.length === PAGE;
          list = joinCandles(older, list, stepMs);
        }
        current.list = list;
      }
      return { stepMs, list: current.list };
    },
    [key],
    end === undefined ? onClosedCandle(symbol, REFRESH_MS) : {},
  );
  const { run } = useCommand();
  const add = (load: () => Promise<readonly ChartCandle[]>) =>
    void run(async () => {
      current.list = await load();
      candles.set({ stepMs, list: current.list });
    });
  return {
    candles,
    loadOlder: () => {
      const first = current.list[0];
      if (first === undefined || current.isComplete) return;
      add(async () => {
        const older = await page(PAGE, first.time);
        current.isComplete = older.length === 0;
        return joinCandles(older, current.list, stepMs);
      });
    },
    loadNewer: () => {
      const last = current.list.at(-1);
      if (last === undefined || loadTo === undefined) return;
      const before = Math.min(last.time + (PAGE + 1) * stepMs, until ?? Number.POSITIVE_INFINITY);
      if (before <= last.time + stepMs) return;
      add(async () => joinCandles(current.list, await page(PAGE, before), stepMs));
    },
  };
}

/** The newest intrabar candles, from which the forming candle is built; none of a run that has ended. */
export function useIntrabarCandles(
  symbol: string,
  { intrabarTimeframe, intrabarMs }: AccountPipeline,
  stepMs: number,
  hasEnded: boolean,
): Resource<readonly ChartCandle[]> {
  const count = Math.min(PAGE, Math.max(1, stepMs / intrabarMs));
  return useResource<readonly ChartCandle[]>(
    async (signal) =>
      hasEnded ? [] : loadCandles({ symbol, interval: intrabarTimeframe, limit: count }, signal),
    [symbol, intrabarTimeframe, count, hasEnded],
    hasEnded ? {} : onClosedCandle(symbol, INTRABAR_REFRESH_MS),
  );
}

function onClosedCandle(symbol: string, everyMs: number): ResourceOptions {
  return { reloadOn: ['market'], isRelevant: ({ data }) => data.symbol === symbol, everyMs };
}

interface CandleRequest {
  readonly symbol: string;
  readonly interval: string;
  /** Timeframe of the candles that they are made of. */
  readonly base?: string | undefined;
  readonly limit: number;
  /** ms since the epoch. */
  readonly before?: number | undefined;
}

async function loadCandles(
  { limit, before, ...others }: CandleRequest,
  signal?: AbortSignal,
): Promise<readonly ChartCandle[]> {
  const end = before === undefined ? undefined : new Date(before).toISOString();
  const address = withQuery('/market/candles', { ...others, limit: String(limit), before: end });
  return chartCandles(await getJson<CandlesAnswer>(address, { signal }));
}
