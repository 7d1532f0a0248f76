import { newestClosedOpenTime } from '../candle.ts';
import type { PaperdeskError } from '../errors.ts';
import type { Exchange } from '../market/exchange/exchange.ts';
import type { StoredCandle } from '../market/store/candle-repository.ts';
import { mayStillArrive } from '../market/store/filled-candle.ts';
import { fundingNeededTo } from '../market/store/stored-window.ts';
import { FUNDING_LEAD_MS } from '../market/store/window-validity.ts';
import { createRevisionCache } from '../runtime/revision-cache.ts';
import { decisionCandleStart, type TradedMarket } from '../trading/account-pipeline.ts';
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
  executableFrom(traded: TradedMarket, from: number): Promise<KnownCandles>;
  /** Changes with every write of the symbol's candles, funding or gaps. */
  revision(symbol: string): Promise<string>;
}

export interface AccountMarketDependencies extends MarketReaderDependencies {
  readonly exchange: Pick<Exchange, 'fetchCandles' | 'symbols'>;
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

  /** The decision candles from a history before `start` (ms) until now. */
  function decisionCandlesFrom({ symbol, pipeline }: TradedMarket, start: number): Promise<ReadCandles> {
    const { decisionTimeframe } = pipeline;
    const due = () => newestClosedOpenTime(now(), decisionTimeframe);
    return decisionCandles.get(
      `${symbol} ${decisionTimeframe} ${pipeline.historyCandles} ${start}`,
      async () => `${due()} ${await repository.revision(symbol)}`,
      () => reader.candles(symbol, decisionTimeframe, start - historyMs(pipeline), due()),
    );
  }

  async function staysFilled({ symbol, pipeline }: TradedMarket, from: number, to: number) {
    const gaps = await repository.gaps.list(symbol, pipeline.intrabarTimeframe, from, to);
    return ({ openTime }: StoredCandle) => !mayStillArrive(openTime, gaps, now());
  }

  async function readExecutable(traded: TradedMarket, start: number): Promise<KnownCandles> {
    const { symbol, pipeline } = traded;
    const { intrabarTimeframe, intrabarMs } = pipeline;
    const due = newestClosedOpenTime(now(), intrabarTimeframe);
    const intrabar = await reader.candles(symbol, intrabarTimeframe, start, due);
    const decision = await decisionCandlesFrom(traded, start);
    const newest = intrabar.candles.at(-1)?.openTime ?? start;
    // From the beginning of the decision window at `start`, so that the known funding of the symbol has no gap.
    const fundingFrom = start - historyMs(pipeline) - FUNDING_LEAD_MS;
    const fundingFailure = await reader.loadFunding(symbol, fundingFrom, fundingNeededTo(newest));
    const coverage = await repository.funding.coverage(symbol);
    const candles = executableCandles({
      pipeline,
      from: start,
      intrabarCandles: intrabar.candles,
      decisionCandles: withoutGap(pipeline, decision.candles),
      funding: await repository.funding.range(symbol, start, due + intrabarMs),
      fundingKnownTo: coverage !== undefined && coverage.from <= start ? coverage.to : 0,
      staysFilled: await staysFilled(traded, start, due),
    });
    const failure = intrabar.failure ?? decision.failure ?? fundingFailure;
    return { ...candles, failure, complete: intrabar.complete && decision.complete && failure === null };
  }

  return {
    ...createPrices({ ...dependencies, reader }),
    revision: repository.revision,

    executableFrom(traded, from) {
      const { symbol, pipeline } = traded;
      const { decisionTimeframe, intrabarTimeframe, historyCandles } = pipeline;
      const start = decisionCandleStart(pipeline, from);
      return executable.get(
        `${symbol} ${decisionTimeframe} ${intrabarTimeframe} ${historyCandles} ${start}`,
        async () => `${newestClosedOpenTime(now(), intrabarTimeframe)} ${await repository.revision(symbol)}`,
        () => readExecutable(traded, start),
      );
    },
  };
}

/** Length of the history that decisions and ATR14 are computed from. */
function historyMs({ historyCandles, decisionMs }: TradedMarket['pipeline']): number {
  return historyCandles * decisionMs;
}
