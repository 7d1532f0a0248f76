import type { MarketPipeline } from '../store/window-validity.ts';

/** A symbol with the pipelines that use it. */
export interface UsedMarket {
  readonly symbol: string;
  /** At least one. */
  readonly pipelines: readonly MarketPipeline[];
}

/** A window that a decision was made on, or is to be. */
export interface RequestedWindow {
  readonly symbol: string;
  readonly pipeline: MarketPipeline;
}

/** A window that was requested, and why its last download failed; null when it did not. */
export interface WindowDownload extends RequestedWindow {
  readonly lastError: string | null;
}

/** Windows of one symbol, timeframe and length share their download. */
export function windowKey(symbol: string, { decisionTimeframe, historyCandles }: MarketPipeline): string {
  return `${symbol} ${decisionTimeframe} ${historyCandles}`;
}

/** The symbols of windows with the pipelines that they are of. */
export function requestedMarkets(windows: readonly RequestedWindow[]): UsedMarket[] {
  const bySymbol = new Map<string, MarketPipeline[]>();
  for (const { symbol, pipeline } of windows)
    bySymbol.set(symbol, [...(bySymbol.get(symbol) ?? []), pipeline]);
  return [...bySymbol].map(([symbol, pipelines]) => ({ symbol, pipelines }));
}

/** What the market has to know of a pipeline, without what else a package's own has. */
export function marketOf(pipeline: MarketPipeline): MarketPipeline {
  const { decisionTimeframe, decisionMs, intrabarTimeframe, intrabarMs, historyCandles, forecastCandles } =
    pipeline;
  return { decisionTimeframe, decisionMs, intrabarTimeframe, intrabarMs, historyCandles, forecastCandles };
}
