import { decodeAction } from '../../src/pipeline/decode-action.ts';
import type { PaperAccount } from '../../src/trading/account.ts';
import type { DecisionCandle } from '../../src/trading/decision-candle.ts';
import type { DecisionRecord } from '../../src/trading/decision-record.ts';
import type { Signal } from '../../src/trading/signal.ts';
import { type PastTradingResult, tradePastCandles } from '../../src/trading/trade-past-candles.ts';

/** Trades past candles with the signals that a live account recorded, at the candles it decided on. */
export function tradeAsDecided(
  start: PaperAccount,
  candles: readonly DecisionCandle[],
  decisions: readonly DecisionRecord[],
): Promise<PastTradingResult> {
  const byCandle = new Map(decisions.filter(({ decided }) => decided).map((row) => [row.asOf, row]));
  return tradePastCandles(start, candles, {
    pollAt(asOf) {
      const row = byCandle.get(asOf);
      return row === undefined ? null : { windowGate: null, signal: () => signalOf(row) };
    },
  });
}

function signalOf({ source, signal, confidence, evidence }: DecisionRecord): Signal {
  if (source === 'external')
    return { source, direction: signal as 'LONG' | 'SHORT' | 'FLAT', confidence: confidence as number };
  const action = decodeAction({ mean: evidence?.rawAction ?? [], std: [1, 1, 1, 1, 1] });
  return { source: 'policy', action, evidence };
}
