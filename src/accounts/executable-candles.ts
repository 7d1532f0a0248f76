import { MINUTE_MS } from '../candle.ts';
import type { StoredCandle } from '../market/store/candle-repository.ts';
import { decisionCandleStart, intrabarCount } from '../trading/account-pipeline.ts';
import {
  type CandleSources,
  type DecisionCandle,
  decisionCandleAt,
  type FormingDecisionCandle,
  fundingDuring,
  intrabarRun,
  markAt,
} from '../trading/decision-candle.ts';
import type { ExecutableCandles } from '../trading/execute-closed-candles.ts';

/** Stored market data of one symbol. */
export interface StoredSources extends CandleSources {
  /** Open time of the first decision candle, ms. */
  readonly from: number;
  /** From `from` on. */
  readonly intrabarCandles: readonly StoredCandle[];
  /** No settlement before this time is missing, ms. */
  readonly fundingKnownTo: number;
  /** Whether a filled intrabar candle can no longer arrive from the exchange. */
  readonly staysFilled: (candle: StoredCandle) => boolean;
}

const HOUR_MS = 60 * MINUTE_MS;

/**
 * The stored candles that can be executed. No candle is executed before its funding is known (paper.md#29), and a
 * decision candle is executed without its intrabar candles only when these can no longer arrive.
 */
export function executableCandles(sources: StoredSources): ExecutableCandles {
  const closed: DecisionCandle[] = [];
  const { pipeline } = sources;
  for (let openTime = decisionCandleStart(pipeline, sources.from); ; openTime += pipeline.decisionMs) {
    const decisionCandle = isFinal(sources, openTime) ? decisionCandleAt(sources, openTime) : null;
    if (decisionCandle === null) return { closed, forming: formingCandleAt(sources, openTime) };
    closed.push(decisionCandle);
  }
}

/** Whether funding and intrabar candles will not change any more. */
function isFinal(sources: StoredSources, openTime: number): boolean {
  const { pipeline, intrabarCandles } = sources;
  const intrabar = intrabarRun(pipeline, intrabarCandles, openTime);
  return (
    isFundingKnown(sources, openTime + pipeline.decisionMs - pipeline.intrabarMs) &&
    intrabar.length === intrabarCount(pipeline) &&
    intrabar.every((candle) => !candle.filled || sources.staysFilled(candle))
  );
}

function formingCandleAt(sources: StoredSources, openTime: number): FormingDecisionCandle | null {
  const { pipeline } = sources;
  const mark = markAt(pipeline, sources.decisionCandles, openTime);
  if (mark === null) return null;
  const intrabar = intrabarRun(pipeline, sources.intrabarCandles, openTime);
  const firstUnusable = intrabar.findIndex(
    (candle) => candle.filled || !isFundingKnown(sources, candle.openTime),
  );
  return {
    openTime,
    closed: firstUnusable === -1 ? intrabar : intrabar.slice(0, firstUnusable),
    funding: fundingDuring(pipeline, sources.funding, openTime),
    atr14: mark.atr14,
  };
}

/** Whether no settlement up to the intrabar candle that opens at `openTime` is missing: they happen at full hours. */
function isFundingKnown({ fundingKnownTo }: StoredSources, openTime: number): boolean {
  return fundingKnownTo >= Math.floor(openTime / HOUR_MS) * HOUR_MS;
}
