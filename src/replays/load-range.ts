import { TIMEFRAME_MS, type Timeframe } from '../candle.ts';
import { PaperdeskError } from '../errors.ts';
import type { MarketRepository } from '../market/store/market-repository.ts';
import { fundingNeededTo } from '../market/store/stored-window.ts';
import { FUNDING_LEAD_MS, WINDOW_CANDLES } from '../market/store/window-validity.ts';
import type { CandleLoader } from '../market/sync/candle-loader.ts';
import type { FundingLoader } from '../market/sync/funding-loader.ts';
import { BASELINE_MS } from '../statistics/forecast-quality.ts';
import { DECISION_CANDLE_MS } from '../trading/candle-times.ts';
import type { ReplayOrder } from './replay-job.ts';

export interface LoadParts {
  readonly repository: Pick<MarketRepository, 'candles' | 'funding'>;
  readonly candles: Pick<CandleLoader, 'load'>;
  readonly funding: FundingLoader;
  /** Waited for after every few milliseconds of work; what it throws ends everything. */
  readonly pause: () => Promise<void>;
  readonly sleep: (ms: number) => Promise<void>;
}

/** Candles asked for at once: one request, of the size that costs least for each candle, and little work at a time. */
const CANDLES_AT_ONCE = 480;
const ATTEMPTS = 3;
const FIRST_PAUSE_MS = 2000;
const LONGEST_PAUSE_MS = 30_000;

/**
 * Sees to it that all candles and settlements of a replay are stored, and asks the exchange only for what is not.
 * Candles that the exchange does not have stand filled, or are missing among the 3m ones.
 * @throws PaperdeskError MARKET_UNAVAILABLE, MARKET_DATA_INVALID with what is missing
 */
export async function loadRange(
  parts: LoadParts,
  { symbol, from, to }: Pick<ReplayOrder, 'symbol' | 'from' | 'to'>,
): Promise<void> {
  const lead = WINDOW_CANDLES * DECISION_CANDLE_MS;
  // The baseline of the forecasts' quality reaches further back; without it they are not compared, that is all.
  await loadCandles(parts, symbol, '15m', from - BASELINE_MS, from - lead).catch(passOverMarket);
  await requireCandles(parts, symbol, from - lead, to);
  const present = await loadCandles(parts, symbol, '3m', from, to);
  if (present === 0) {
    throw invalid(
      `The store and the exchange have none of the 3m candles of ${symbol} from ${iso(from)} to ${iso(to)}, ` +
        'so that nothing could be traded; npm run import-candles can bring them',
    );
  }
  await loadFunding(parts, symbol, from - lead - FUNDING_LEAD_MS, fundingNeededTo(to - DECISION_CANDLE_MS));
}

/** The 15m candles without a hole. */
async function requireCandles(parts: LoadParts, symbol: string, from: number, to: number): Promise<void> {
  const wanted = (to - from) / DECISION_CANDLE_MS;
  const present = await loadCandles(parts, symbol, '15m', from, to);
  if (present === wanted) return;
  const oldest = await parts.repository.candles.oldest(symbol, '15m', from);
  const begins = oldest === undefined ? 'none of them is there' : `the first is of ${iso(oldest.openTime)}`;
  const first = oldest && oldest.openTime + WINDOW_CANDLES * DECISION_CANDLE_MS;
  throw invalid(
    `${wanted - present} of the ${wanted} 15m candles of ${symbol} from ${iso(from)} to ${iso(to)} are missing; ${begins}. ` +
      `A replay needs ${WINDOW_CANDLES} of them before its first${first === undefined ? '' : `, so it can begin at ${iso(first)} at the earliest`}`,
  );
}

/** Loads candles from `from` to before `to` (ms), and counts those that are there then. */
async function loadCandles(
  parts: LoadParts,
  symbol: string,
  timeframe: Timeframe,
  from: number,
  to: number,
): Promise<number> {
  const { repository, candles, pause } = parts;
  const step = TIMEFRAME_MS[timeframe];
  let present = 0;
  for (let start = from; start < to; start += CANDLES_AT_ONCE * step) {
    const last = Math.min(to, start + CANDLES_AT_ONCE * step) - step;
    const stored = async () => (await repository.candles.range(symbol, timeframe, start, last)).length;
    let there = await stored();
    if (there < (last - start) / step + 1) {
      await patiently(parts, () => candles.load(symbol, timeframe, start, last));
      there = await stored();
    }
    present += there;
    await pause();
  }
  return present;
}

async function loadFunding(parts: LoadParts, symbol: string, from: number, to: number): Promise<void> {
  const isKnown = async () => {
    const known = await parts.repository.funding.coverage(symbol);
    return known !== undefined && known.from <= from && known.to >= to;
  };
  if (await isKnown()) return;
  await patiently(parts, () => parts.funding.load(symbol, from, to));
  if (await isKnown()) return;
  throw invalid(`The funding rates of ${symbol} from ${iso(from)} to ${iso(to)} are not all there`);
}

async function patiently({ pause, sleep }: LoadParts, work: () => Promise<void>): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      await pause();
      const passing = error instanceof PaperdeskError && error.code === 'MARKET_UNAVAILABLE';
      if (!passing || attempt === ATTEMPTS) throw error;
      const wanted = Math.max(FIRST_PAUSE_MS * attempt, (error.retryAfterSeconds ?? 0) * 1000);
      await sleep(Math.min(wanted, LONGEST_PAUSE_MS));
    }
  }
}

function passOverMarket(error: unknown): void {
  if (!(error instanceof PaperdeskError && error.code === 'MARKET_UNAVAILABLE')) throw error;
}

function invalid(problem: string): PaperdeskError {
  return new PaperdeskError('MARKET_DATA_INVALID', `${problem}.`);
}

function iso(time: number): string {
  return new Date(time).toISOString();
}
