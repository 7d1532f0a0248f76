import type { DecisionTimeframe, IntrabarTimeframe, Timeframe } from '../../candle.ts';
import type { BackgroundLoop } from '../../runtime/background-loop.ts';
import { startDecisionCandleSync } from './decision-candle-sync.ts';
import { type IntrabarSyncStatus, startIntrabarCandleSync } from './intrabar-candle-sync.ts';
import type { MarketHistory, MarketPipeline } from './market-history.ts';
import type { SyncDependencies } from './market-loaders.ts';
import { startMismatchChecker } from './mismatch-checker.ts';

type IntrabarCandleSync = ReturnType<typeof startIntrabarCandleSync>;
type MismatchChecker = ReturnType<typeof startMismatchChecker>;

/** The live market of one symbol: each timeframe is updated once, however many pipelines use it. */
export interface FollowedSymbol {
  /** Starts what these pipelines need, and ends what only earlier ones needed. */
  use(pipelines: readonly MarketPipeline[]): Promise<void>;
  /** Also stores the intrabar candles of a pipeline in use from this open time on, in ms. */
  includeFrom(pipeline: MarketPipeline, from: number): void;
  status(): readonly (IntrabarSyncStatus & { readonly timeframe: Timeframe })[];
  stop(): Promise<void>;
}

export interface FollowedSymbolDependencies extends SyncDependencies {
  readonly history: Pick<MarketHistory, 'window'>;
}

export interface FollowedSymbolListeners {
  readonly onIntrabarCandles: (timeframe: IntrabarTimeframe, storedUpTo: number) => void;
  readonly onDecisionCandle: (timeframe: DecisionTimeframe, closeTime: number) => void;
}

export function followSymbol(
  dependencies: FollowedSymbolDependencies,
  symbol: string,
  { onIntrabarCandles, onDecisionCandle }: FollowedSymbolListeners,
): FollowedSymbol {
  const { exchange, history, timers } = dependencies;
  const intrabar = new Map<IntrabarTimeframe, IntrabarCandleSync>();
  /** By timeframe and length of the history. */
  const decision = new Map<string, BackgroundLoop>();
  /** By both timeframes. */
  const checkers = new Map<
    string,
    { readonly pipeline: MarketPipeline; readonly checker: MismatchChecker }
  >();

  function startIntrabar(timeframe: IntrabarTimeframe): IntrabarCandleSync {
    return startIntrabarCandleSync({
      ...dependencies,
      symbol,
      timeframe,
      onStored(from, to) {
        for (const { pipeline, checker } of checkers.values()) {
          if (pipeline.intrabarTimeframe === timeframe) checker.stored(from, to);
        }
        onIntrabarCandles(timeframe, to);
      },
    });
  }

  function startDecision(pipeline: MarketPipeline): BackgroundLoop {
    return startDecisionCandleSync({
      ...{ symbol, pipeline, exchange, history, timers },
      onCandle(closeTime) {
        for (const { checker } of checkers.values()) checker.wake();
        onDecisionCandle(pipeline.decisionTimeframe, closeTime);
      },
    });
  }

  function start(pipeline: MarketPipeline): void {
    const keys = keysOf(pipeline);
    if (!checkers.has(keys.checker)) {
      const checker = startMismatchChecker({
        ...dependencies,
        ...{ symbol, pipeline, start: exchange.earliestNow() },
      });
      checkers.set(keys.checker, { pipeline, checker });
    }
    if (!intrabar.has(keys.intrabar)) intrabar.set(keys.intrabar, startIntrabar(keys.intrabar));
    if (!decision.has(keys.decision)) decision.set(keys.decision, startDecision(pipeline));
  }

  /** Stops the entries that none of these pipelines needs. */
  async function stopUnused(pipelines: readonly MarketPipeline[]): Promise<void> {
    const used = pipelines.map(keysOf);
    const unused: { stop(): Promise<void> }[] = [];
    for (const [key, sync] of intrabar) {
      if (!used.some((keys) => keys.intrabar === key) && intrabar.delete(key)) unused.push(sync);
    }
    for (const [key, loop] of decision) {
      if (!used.some((keys) => keys.decision === key) && decision.delete(key)) unused.push(loop);
    }
    for (const [key, { checker }] of checkers) {
      if (!used.some((keys) => keys.checker === key) && checkers.delete(key)) unused.push(checker);
    }
    await Promise.all(unused.map((one) => one.stop()));
  }

  return {
    async use(pipelines) {
      for (const pipeline of pipelines) start(pipeline);
      await stopUnused(pipelines);
    },
    includeFrom: ({ intrabarTimeframe }, from) => intrabar.get(intrabarTimeframe)?.includeFrom(from),
    status: () => [...intrabar].map(([timeframe, sync]) => ({ timeframe, ...sync.status() })),
    stop: () => stopUnused([]),
  };
}

/** Each pipeline once. */
export function distinctPipelines(pipelines: Iterable<MarketPipeline>): readonly MarketPipeline[] {
  return [...new Map(Array.from(pipelines, (pipeline) => [keysOf(pipeline).all, pipeline])).values()];
}

/** What pipelines share has the same key. */
function keysOf({ decisionTimeframe, intrabarTimeframe, historyCandles, forecastCandles }: MarketPipeline) {
  const checker = `${decisionTimeframe} ${intrabarTimeframe}`;
  const decision = `${decisionTimeframe} ${historyCandles}`;
  return {
    intrabar: intrabarTimeframe,
    decision,
    checker,
    all: `${checker} ${historyCandles} ${forecastCandles}`,
  };
}
