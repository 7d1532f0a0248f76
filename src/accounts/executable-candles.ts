import { MINUTE_MS } from '../candle.ts';
import type { StoredCandle } from '../market/store/candle-repository.ts';
import { DECISION_CANDLE_MS, decisionCandleStart, INTRABAR_PER_DECISION } from '../trading/candle-times.ts';
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
  readonly candles3m: readonly StoredCandle[];
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
  for (let openTime = decisionCandleStart(sources.from); ; openTime += DECISION_CANDLE_MS) {
    const decisionCandle = isFinal(sources, openTime) ? decisionCandleAt(sources, openTime) : null;
    if (decisionCandle === null) return { closed, forming: formingCandleAt(sources, openTime) };
    closed.push(decisionCandle);
  }
}

/** Whether funding and intrabar candles will not change any more. */
function isFinal(sources: StoredSources, openTime: number): boolean {
  const intrabar = intrabarRun(sources.candles3m, openTime);
  return (
    isFundingKnown(sources, openTime) &&
    intrabar.length === INTRABAR_PER_DECISION &&
    intrabar.every((candle) => !candle.filled || sources.staysFilled(candle))
  );
}

function formingCandleAt(sources: StoredSources, openTime: number): FormingDecisionCandle | null {
  const mark = markAt(sources.candles15m, openTime);
  if (mark === null) return null;
  const intrabar = intrabarRun(sources.candles3m, openTime);
  const firstFilled = intrabar.findIndex(({ filled }) => filled);
  const closed = firstFilled === -1 ? intrabar : intrabar.slice(0, firstFilled);
  return {
    openTime,
    closed: isFundingKnown(sources, openTime) ? closed : [],
    funding: fundingDuring(sources.funding, openTime),
    atr14: mark.atr14,
  };
}

/** Settlements happen at full hours. */
function isFundingKnown({ fundingKnownTo }: StoredSources, openTime: number): boolean {
  return fundingKnownTo >= Math.floor(openTime / HOUR_MS) * HOUR_MS;
}
