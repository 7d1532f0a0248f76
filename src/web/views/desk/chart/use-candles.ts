import { useMemo } from 'preact/hooks';
import type { CandlesAnswer } from '../../../../http/market/schema.ts';
import type { ChartCandle } from '../../../charts/chart-candle.ts';
import { getJson } from '../../../data/api.ts';
import type { ApiError } from '../../../data/api-error.ts';
import type { AccountPipeline } from '../../../data/pipeline.ts';
import { type Resource, type ResourceOptions, useResource } from '../../../data/resource.ts';
import { withQuery } from '../../../data/urls.ts';
import { useCommand } from '../../../data/use-command.ts';
import { chartCandles } from './candle-list.ts';
import { CandlePages, PAGE } from './candle-pages.ts';
import type { LoadedCandles } from './chart-run.ts';
import type { ChartView } from './chart-view.ts';

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
  /** Why the last page that was to be added is missing. */
  readonly pageError: ApiError | undefined;
  readonly loadOlder: () => void;
  readonly loadNewer: () => void;
} {
  const end = loadTo ?? until;
  const base = stepMs > decisionMs ? decisionTimeframe : undefined;
  const key = JSON.stringify([symbol, timeframe, loadFrom, end]);
  const pages = useMemo(
    () =>
      new CandlePages({
        load: (limit, before, signal) =>
          loadCandles({ symbol, interval: timeframe, base, limit, before }, signal),
        ...{ stepMs, from: loadFrom, to, before: end, until },
      }),
    [key],
  );
  const candles = useResource<LoadedCandles>(
    async (signal) => {
      await pages.refresh(signal);
      return { stepMs, list: pages.list };
    },
    [key],
    end === undefined ? onClosedCandle(symbol, REFRESH_MS) : {},
  );
  const { run, error: pageError } = useCommand();
  const add = (addPage: (() => Promise<void>) | undefined) => {
    if (addPage === undefined) return;
    void run(async () => {
      await addPage();
      candles.set({ stepMs, list: pages.list });
    });
  };
  return {
    candles,
    pageError,
    loadOlder: () => add(pages.olderPage()),
    loadNewer: () => add(pages.newerPage()),
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
