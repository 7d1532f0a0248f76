import { TIMEFRAME_MS, type Timeframe } from '../candle.ts';
import { PaperdeskError } from '../errors.ts';
import type { MarketRepository } from '../market/store/market-repository.ts';
import { fundingNeededTo } from '../market/store/stored-window.ts';
import { FUNDING_LEAD_MS } from '../market/store/window-validity.ts';
import type { CandleLoader } from '../market/sync/candle-loader.ts';
import type { FundingLoader } from '../market/sync/funding-loader.ts';
import type { Pipeline } from '../pipeline/pipeline.ts';
import { backoffMs } from '../runtime/backoff.ts';
import { isoTime } from '../runtime/iso-time.ts';
import { type Pauses, type RetryOptions, withRetry } from '../runtime/with-retry.ts';
import { baselineMs } from '../statistics/forecast-quality.ts';
import type { TradedMarket } from '../trading/account-pipeline.ts';
import type { ReplayOrder } from './replay-job.ts';

export interface LoadDependencies extends Pauses {
  readonly repository: Pick<MarketRepository, 'candles' | 'funding'>;
  readonly candles: Pick<CandleLoader, 'load'>;
  readonly funding: FundingLoader;
}

/** The size of a request that costs least per candle. */
const CANDLES_PER_REQUEST = 480;

const BACKOFF = { firstMs: 2000, longestMs: 30_000 };
const EXCHANGE_RETRY: RetryOptions = {
  codes: ['MARKET_UNAVAILABLE'],
  attempts: 3,
  pauseMs: (attempt, retryAfterMs) =>
    Math.min(Math.max(backoffMs(BACKOFF, attempt), retryAfterMs), BACKOFF.longestMs),
};

/**
 * Downloads the candles and settlements of a replay that are not stored (paper.md#45). Afterwards decision candles are
 * complete, including filled ones; intrabar candles may be missing.
 * @throws PaperdeskError MARKET_UNAVAILABLE, MARKET_DATA_INVALID with what is missing
 */
export async function loadRange(
  dependencies: LoadDependencies,
  pipeline: Pipeline,
  { symbol, from, to }: Pick<ReplayOrder, 'symbol' | 'from' | 'to'>,
): Promise<void> {
  const { decisionTimeframe, decisionMs, intrabarTimeframe, historyCandles } = pipeline;
  const lead = historyCandles * decisionMs;
  // Only the baseline of forecast quality needs older candles; forecasts without a baseline are not compared.
  const baseline = from - baselineMs(pipeline);
  await loadCandles(dependencies, symbol, decisionTimeframe, baseline, from - lead).catch(ignoreUnavailable);
  await requireCandles(dependencies, { symbol, pipeline }, from - lead, to);
  const present = await loadCandles(dependencies, symbol, intrabarTimeframe, from, to);
  if (present === 0) {
    throw invalid(
      `The store and the exchange have none of the ${intrabarTimeframe} candles of ${symbol} from ${isoTime(from)} to ${isoTime(to)}, ` +
        'so nothing could be traded; paperdesk import-candles can add them',
    );
  }
  await loadFunding(dependencies, symbol, from - lead - FUNDING_LEAD_MS, fundingNeededTo(to - 1));
}

/** Loads decision candles. @throws MARKET_DATA_INVALID if one is missing */
async function requireCandles(
  dependencies: LoadDependencies,
  { symbol, pipeline }: TradedMarket,
  from: number,
  to: number,
): Promise<void> {
  const { decisionTimeframe, decisionMs, historyCandles } = pipeline;
  const wanted = (to - from) / decisionMs;
  const present = await loadCandles(dependencies, symbol, decisionTimeframe, from, to);
  if (present === wanted) return;
  const oldest = await dependencies.repository.candles.oldest(symbol, decisionTimeframe, from);
  const begins =
    oldest === undefined ? 'none of them is there' : `the first is of ${isoTime(oldest.openTime)}`;
  const first = oldest && oldest.openTime + historyCandles * decisionMs;
  throw invalid(
    `${wanted - present} of the ${wanted} ${decisionTimeframe} candles of ${symbol} from ${isoTime(from)} to ${isoTime(to)} are missing; ${begins}. ` +
      `A replay needs ${historyCandles} of them before its first${first === undefined ? '' : `, so it can begin at ${isoTime(first)} at the earliest`}`,
  );
}

/** Loads candles from `from` to before `to` (ms); returns how many are stored then. */
async function loadCandles(
  dependencies: LoadDependencies,
  symbol: string,
  timeframe: Timeframe,
  from: number,
  to: number,
): Promise<number> {
  const { repository, candles, pause } = dependencies;
  const step = TIMEFRAME_MS[timeframe];
  let present = 0;
  for (let start = from; start < to; start += CANDLES_PER_REQUEST * step) {
    const last = Math.min(to, start + CANDLES_PER_REQUEST * step) - step;
    const stored = async () => (await repository.candles.range(symbol, timeframe, start, last)).length;
    let count = await stored();
    if (count < (last - start) / step + 1) {
      await withRetry(dependencies, EXCHANGE_RETRY, () => candles.load(symbol, timeframe, start, last));
      count = await stored();
    }
    present += count;
    await pause();
  }
  return present;
}

async function loadFunding(
  dependencies: LoadDependencies,
  symbol: string,
  from: number,
  to: number,
): Promise<void> {
  const isKnown = async () => {
    const known = await dependencies.repository.funding.coverage(symbol);
    return known !== undefined && known.from <= from && known.to >= to;
  };
  if (await isKnown()) return;
  await withRetry(dependencies, EXCHANGE_RETRY, () => dependencies.funding.load(symbol, from, to));
  if (await isKnown()) return;
  throw invalid(`The funding rates of ${symbol} from ${isoTime(from)} to ${isoTime(to)} are not all there`);
}

function ignoreUnavailable(error: unknown): void {
  if (!(error instanceof PaperdeskError && error.code === 'MARKET_UNAVAILABLE')) throw error;
}

function invalid(problem: string): PaperdeskError {
  return new PaperdeskError('MARKET_DATA_INVALID', `${problem}.`);
}
