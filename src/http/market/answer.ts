import type { z } from 'zod';
import type { Executor } from '../../accounts/executor.ts';
import { TIMEFRAME_MS } from '../../candle.ts';
import type { ExchangeStatus } from '../../market/exchange/exchange.ts';
import type { CandleMismatch } from '../../market/store/mismatch-repository.ts';
import { knownSymbols } from '../../market/sync/known-symbols.ts';
import { LIVE_TIMEFRAME, type LiveMarket, type LiveSymbolStatus } from '../../market/sync/live-market.ts';
import type { MarketHistory, SymbolGap, SymbolStatus } from '../../market/sync/market-history.ts';
import { isoTime } from '../shared/time-schema.ts';
import type { exchangeState, marketStatusAnswer, symbolState } from './schema.ts';

/** The newest gaps and mismatches are shown one by one; all are counted. */
const MOST_SHOWN = 50;

const timeOrNull = (time: number | null) => (time === null ? null : isoTime(time));
const seconds = (ms: number | null) => (ms === null ? null : Math.round(ms / 1000));

/** Name of the accounts' executor among those who consume closed candles. */
export const CONSUMER_NAME = 'paper';

/** What the state of the market is read from. */
export interface MarketStatusSources {
  readonly history: Pick<MarketHistory, 'status' | 'asked'>;
  readonly live: Pick<LiveMarket, 'status' | 'followed'>;
  readonly executions: Executor['status'];
}

/** All that is known of the market's state, from the store and from memory. */
export async function answerOfStatus(
  { history, live, executions }: MarketStatusSources,
  marketSource: string,
): Promise<z.infer<typeof marketStatusAnswer>> {
  const { exchange, symbols } = await history.status(knownSymbols(history, live));
  const followed = live.status();
  return {
    market_source: marketSource,
    exchange: answerOfExchange(exchange),
    symbols: symbols.map((state) =>
      answerOfSymbol(
        state,
        followed.find(({ symbol }) => symbol === state.symbol),
      ),
    ),
    consumers: executions().map(({ symbol, nextCandle, lagMs, lastError }) => ({
      name: CONSUMER_NAME,
      symbol,
      executed_to: isoTime(nextCandle),
      lag_seconds: seconds(lagMs),
      last_error: lastError,
    })),
  };
}

function answerOfExchange(status: ExchangeStatus): z.infer<typeof exchangeState> {
  const { id, circuit, clock, weight, lastError, lastSuccessAt } = status;
  return {
    id,
    circuit: { state: circuit.state, detail: circuit.detail, retry_at: timeOrNull(circuit.retryAt) },
    clock: { skew_ms: clock.skewMs, bad: clock.bad, detail: clock.detail },
    weight: weight && { used: weight.used, per_minute: weight.perMinute, at: isoTime(weight.at) },
    last_error: lastError && { at: isoTime(lastError.at), message: lastError.message },
    last_success_at: timeOrNull(lastSuccessAt),
  };
}

function answerOfSymbol(
  { symbol, newestCloseTime, ageMs, stale, gaps, mismatches, filled, lastError }: SymbolStatus,
  live: LiveSymbolStatus | undefined,
): z.infer<typeof symbolState> {
  return {
    symbol,
    newest_candle_closed_at: timeOrNull(newestCloseTime),
    age_seconds: seconds(ageMs),
    stale,
    filled,
    missing_candles: gaps.reduce((sum, { candles }) => sum + candles, 0),
    gap_count: gaps.length,
    gaps: [...gaps]
      .sort((a, b) => b.from - a.from)
      .slice(0, MOST_SHOWN)
      .map(answerOfGap),
    mismatch_count: mismatches.length,
    mismatches: mismatches.slice(-MOST_SHOWN).reverse().map(answerOfMismatch),
    last_error: lastError,
    live: live === undefined ? null : answerOfLive(live),
  };
}

function answerOfGap({ timeframe, from, to, candles, foundAt, askedAt, asks }: SymbolGap) {
  return {
    timeframe,
    from: isoTime(from),
    to: isoTime(to + TIMEFRAME_MS[timeframe]),
    candles,
    found_at: isoTime(foundAt),
    asked_at: isoTime(askedAt),
    asks,
  };
}

function answerOfMismatch({ openTime, problem, foundAt, askedAt, asks }: CandleMismatch) {
  return {
    open_time: isoTime(openTime),
    problem,
    found_at: isoTime(foundAt),
    asked_at: isoTime(askedAt),
    asks,
  };
}

function answerOfLive({ stream, newest, streamed, requested, lastError }: LiveSymbolStatus) {
  const { state, interruptions, silentForMs, lastError: streamError } = stream;
  return {
    newest_candle_closed_at: timeOrNull(newest === null ? null : newest + TIMEFRAME_MS[LIVE_TIMEFRAME]),
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
