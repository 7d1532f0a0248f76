import { newestClosedOpenTime, WINDOW_CANDLES } from '../candle.ts';
import type { PaperdeskError } from '../errors.ts';
import type { Exchange } from '../market/exchange/exchange.ts';
import type { StoredCandle } from '../market/store/candle-repository.ts';
import { mayStillArrive } from '../market/store/filled-candle.ts';
import { fundingNeededTo } from '../market/store/stored-window.ts';
import { FUNDING_LEAD_MS } from '../market/store/window-validity.ts';
import { createRevisionCache } from '../runtime/revision-cache.ts';
import { DECISION_CANDLE_MS, decisionCandleStart, INTRABAR_CANDLE_MS } from '../trading/candle-times.ts';
import type { ExecutableCandles } from '../trading/execute-closed-candles.ts';
import { executableCandles } from './executable-candles.ts';
import { createMarketReader, type MarketReaderDependencies, type ReadCandles } from './market-reader.ts';
import { createPrices, type Prices, withoutGap } from './prices.ts';

/** The executable candles that are known. */
export interface KnownCandles extends ExecutableCandles {
  /** Why the exchange did not return all of them; null if it did. */
  readonly failure: PaperdeskError | null;
  /** Whether there is nothing more to download before another intrabar candle closes. */
  readonly complete: boolean;
}

/** The market as accounts trade on it. Data that is not stored is downloaded. */
export interface AccountMarket extends Prices {
  /** The closed candles from the decision candle that `from` (ms) falls in until now. */
  executableFrom(symbol: string, from: number): Promise<KnownCandles>;
  /** Changes with every write of the symbol's candles, funding or gaps. */
  revision(symbol: string): Promise<string>;
}

export interface AccountMarketDependencies extends MarketReaderDependencies {
  readonly exchange: Pick<Exchange, 'fetchCandles'>;
  readonly now: () => number;
}

/** An entry refers to some 1500 candles, 150 kB, most of which entries of the same symbol share. */
const MAX_ENTRIES = 50;

export function createAccountMarket(dependencies: AccountMarketDependencies): AccountMarket {
  const { repository, now } = dependencies;
  const reader = createMarketReader(dependencies);
  const isCacheable = ({ complete }: { readonly complete: boolean }) => complete;
  const executable = createRevisionCache<KnownCandles>({ isCacheable, maxEntries: MAX_ENTRIES });
  const decisionCandles = createRevisionCache<ReadCandles>({ isCacheable, maxEntries: MAX_ENTRIES });

  /** The 15m candles from 1500 before `start` (ms) until now. */
  function candles15mFrom(symbol: string, start: number): Promise<ReadCandles> {
    const due = () => newestClosedOpenTime(now(), '15m');
    return decisionCandles.get(
      `${symbol} ${start}`,
      async () => `${due()} ${await repository.revision(symbol)}`,
      () => reader.candles(symbol, '15m', start - WINDOW_CANDLES * DECISION_CANDLE_MS, due()),
    );
  }

  async function staysFilled(symbol: string, from: number, to: number) {
    const gaps = await repository.gaps.list(symbol, '3m', from, to);
    return ({ openTime }: StoredCandle) => !mayStillArrive(openTime, gaps, now());
  }

  async function readExecutable(symbol: string, start: number): Promise<KnownCandles> {
    const due = newestClosedOpenTime(now(), '3m');
    const intrabar = await reader.candles(symbol, '3m', start, due);
    const decision = await candles15mFrom(symbol, start);
    const newest = intrabar.candles.at(-1)?.openTime ?? start;
    // From the beginning of the decision window at `start`, so that the known funding of the symbol has no gap.
    const fundingFrom = start - WINDOW_CANDLES * DECISION_CANDLE_MS - FUNDING_LEAD_MS;
    const fundingFailure = await reader.loadFunding(symbol, fundingFrom, fundingNeededTo(newest));
    const coverage = await repository.funding.coverage(symbol);
    const candles = executableCandles({
      from: start,
      candles3m: intrabar.candles,
      candles15m: withoutGap(decision.candles),
      funding: await repository.funding.range(symbol, start, due + INTRABAR_CANDLE_MS),
      fundingKnownTo: coverage !== undefined && coverage.from <= start ? coverage.to : 0,
      staysFilled: await staysFilled(symbol, start, due),
    });
    const failure = intrabar.failure ?? decision.failure ?? fundingFailure;
    return { ...candles, failure, complete: intrabar.complete && decision.complete && failure === null };
  }

  return {
    ...createPrices({ ...dependencies, reader }),
    revision: repository.revision,

    executableFrom(symbol, from) {
      const start = decisionCandleStart(from);
      return executable.get(
        `${symbol} ${start}`,
        async () => `${newestClosedOpenTime(now(), '3m')} ${await repository.revision(symbol)}`,
        () => readExecutable(symbol, start),
      );
    },
  };
}
