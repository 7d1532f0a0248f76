import type { z } from 'zod';
import type { ExecutionStatus } from '../../accounts/executor.ts';
import { type Candle, TIMEFRAME_MS, type Timeframe } from '../../candle.ts';
import type { ExchangeStatus } from '../../market/exchange/exchange.ts';
import type { CandleGap } from '../../market/store/gap-repository.ts';
import type { CandleMismatch } from '../../market/store/mismatch-repository.ts';
import type { LiveSymbolStatus } from '../../market/sync/live-market.ts';
import type { MarketStatus } from '../../market/sync/market-status.ts';
import type { SymbolStatus } from '../../market/sync/symbol-status.ts';
import { isoTime, isoTimeOrNull } from '../../runtime/iso-time.ts';
import type { candleAnswer, MarketStatusAnswer } from './schema.ts';

/** All gaps and mismatches are counted, but only the newest are listed. */
const MAX_LISTED = 50;

/** The only consumer of closed candles: the executor of the accounts. */
export const CONSUMER_NAME = 'paper';

export interface MarketStatusSources {
  readonly marketStatus: () => Promise<MarketStatus>;
  readonly executions: () => Promise<readonly ExecutionStatus[]>;
}

/** @param candle its `close_time` is the open time of the next candle */
export function answerOfCandle(candle: Candle, timeframe: Timeframe): z.infer<typeof candleAnswer> {
  const { open, high, low, close, volume } = candle;
  return {
    ...{ open, high, low, close, volume },
    open_time: isoTime(candle.openTime),
    close_time: isoTime(candle.openTime + TIMEFRAME_MS[timeframe]),
  };
}

const seconds = (ms: number | null) => (ms === null ? null : Math.round(ms / 1000));

/** The state of the market; sends no request to the exchange. */
export async function answerOfStatus(
  { marketStatus, executions }: MarketStatusSources,
  marketSource: string,
): Promise<MarketStatusAnswer> {
  const { exchange, symbols, streams } = await marketStatus();
  return {
    market_source: marketSource,
    exchange: answerOfExchange(exchange),
    symbols: symbols.map((state) =>
      answerOfSymbol(state, furthestBehind(streams.filter(({ symbol }) => symbol === state.symbol))),
    ),
    consumers: (await executions()).map(({ symbol, nextCandle, lagMs, lastError }) => ({
      name: CONSUMER_NAME,
      symbol,
      executed_to: isoTime(nextCandle),
      lag_seconds: seconds(lagMs),
      last_error: lastError,
    })),
  };
}

/** Of the streams of one symbol, the one whose newest candle closed first. */
function furthestBehind(streams: readonly LiveSymbolStatus[]): LiveSymbolStatus | undefined {
  const closedAt = ({ newest, timeframe }: LiveSymbolStatus) =>
    newest === null ? Number.NEGATIVE_INFINITY : newest + TIMEFRAME_MS[timeframe];
  const [first, ...others] = streams;
  return first && others.reduce((a, b) => (closedAt(b) < closedAt(a) ? b : a), first);
}

function answerOfExchange(status: ExchangeStatus): MarketStatusAnswer['exchange'] {
  const { id, circuit, clock, weight, lastError, lastSuccessAt } = status;
  return {
    id,
    circuit: { state: circuit.state, detail: circuit.detail, retry_at: isoTimeOrNull(circuit.retryAt) },
    clock: { skew_ms: clock.skewMs, bad: clock.bad, detail: clock.detail },
    weight: weight && { used: weight.used, per_minute: weight.perMinute, at: isoTime(weight.at) },
    last_error: lastError && { at: isoTime(lastError.at), message: lastError.message },
    last_success_at: isoTimeOrNull(lastSuccessAt),
  };
}

function answerOfSymbol(
  { symbol, newestCloseTime, ageMs, stale, gaps, mismatches, filled, lastError }: SymbolStatus,
  live: LiveSymbolStatus | undefined,
): MarketStatusAnswer['symbols'][number] {
  return {
    symbol,
    newest_candle_closed_at: isoTimeOrNull(newestCloseTime),
    age_seconds: seconds(ageMs),
    stale,
    filled,
    missing_candles: gaps.reduce((sum, { candles }) => sum + candles, 0),
    gap_count: gaps.length,
    gaps: [...gaps]
      .sort((a, b) => b.from - a.from)
      .slice(0, MAX_LISTED)
      .map(answerOfGap),
    mismatch_count: mismatches.length,
    mismatches: [...mismatches]
      .sort((a, b) => b.openTime - a.openTime)
      .slice(0, MAX_LISTED)
      .map(answerOfMismatch),
    last_error: lastError,
    live: live === undefined ? null : answerOfLive(live),
  };
}

function answerOfGap({ timeframe, from, to, candles, foundAt, requestedAt, requests }: CandleGap) {
  return {
    timeframe,
    from: isoTime(from),
    to: isoTime(to + TIMEFRAME_MS[timeframe]),
    candles,
    found_at: isoTime(foundAt),
    asked_at: isoTime(requestedAt),
    asks: requests,
  };
}

function answerOfMismatch({ timeframe, openTime, problem, foundAt, requestedAt, requests }: CandleMismatch) {
  return {
    timeframe,
    open_time: isoTime(openTime),
    problem,
    found_at: isoTime(foundAt),
    asked_at: isoTime(requestedAt),
    asks: requests,
  };
}

function answerOfLive({ timeframe, stream, newest, streamed, requested, lastError }: LiveSymbolStatus) {
  const { state, interruptions, silentForMs, lastError: streamError } = stream;
  return {
    newest_candle_closed_at: isoTimeOrNull(newest === null ? null : newest + TIMEFRAME_MS[timeframe]),
    streamed,
    requested,
    last_error: lastError,
    stream: {
      state,
      interruptions,
      silent_for_seconds: seconds(silentForMs),
      last_error: streamError,
    },
  };
}
