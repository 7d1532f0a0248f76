import { gateNow } from '../../accounts/gate-now.ts';
import type { Overview } from '../../accounts/overview.ts';
import type { Decision } from '../../decisions/decide.ts';
import { staleAfterMs } from '../../market/store/window-validity.ts';
import { DIRECTION_THRESHOLD } from '../../pipeline/decode-action.ts';
import { isoTime } from '../../runtime/iso-time.ts';
import { decisionCandleStart } from '../../trading/account-pipeline.ts';
import type { DecisionRecord } from '../../trading/decision-record.ts';
import { presentDecision } from '../../trading/present-decision.ts';
import type { DashboardAnswer } from './schema.ts';

/** What an account does now as a sentence. @param now ms */
export function answerOfPresent(
  overview: Overview,
  row: DecisionRecord | undefined,
  decision: Decision | null,
  now: number,
): DashboardAnswer['now'] {
  const { account, stored, model } = overview;
  const { pipeline } = account;
  const present = presentDecision({
    account,
    statusAt: stored.statusAt,
    model: model && {
      status: model.status,
      warmUpStatus: model.warmUpStatus,
      warmUpError: model.warmUpError ?? undefined,
    },
    row: row ?? null,
    signal: signalOf(decision),
    hasTradedBeyond: gateNow(overview, now)?.reason === 'MISSED',
    newestClose: decision?.forecast.asOf ?? null,
    asOf: decisionCandleStart(pipeline, now),
    now,
    staleAfterMs: staleAfterMs(pipeline),
  });
  const { code, sentence, direction, threshold, agreement, asOf } = present;
  return { code, sentence, direction, threshold, agreement_pct: agreement, as_of: isoTime(asOf) };
}

function signalOf(decision: Decision | null) {
  if (decision === null || decision.invalid !== undefined) return null;
  const { direction, confidence, action } = decision.action;
  return { direction, value: action[0] as number, confidence };
}

/** The rules that orders follow: those that the policy chose on the newest candle, and those of the account for all others. */
export function answerOfRules({ account }: Overview, decision: Decision | null): DashboardAnswer['rules'] {
  const { settings } = account;
  const action = decision?.action;
  return {
    direction_threshold: DIRECTION_THRESHOLD,
    max_positions: settings.maxPositions,
    policy:
      action === undefined
        ? null
        : {
            leverage: action.leverage,
            size_pct: action.sizePct * 100,
            stop_atr_multiple: action.stopAtrMultiple,
            target_atr_multiple: action.targetAtrMultiple,
          },
    others: {
      leverage: settings.defaultLeverage,
      margin_pct: settings.defaultMarginShare * 100,
      stop_loss_pct: settings.stopLossPct,
      profit_target_pct: settings.profitTargetPct,
      time_limit_hours: settings.timeLimitHours,
      min_confidence: settings.minConfidence,
    },
  };
}
