import { snakeKeys } from '../../runtime/key-case.ts';
import type { AttributionSummary, AttributionSums } from '../../statistics/attribution-tally.ts';
import type { ExcursionGroup } from '../../statistics/excursion-tally.ts';
import type { Excursion } from '../../statistics/excursions.ts';
import { NEEDED } from '../../statistics/gates.ts';
import type { ResultOrigin } from '../../statistics/result-origins.ts';
import type { AttributionAnswer, AttributionSumsAnswer } from './schema.ts';

/** Where the result of an account or a replay came from. */
export function answerOfOrigin({ attribution, excursions }: ResultOrigin): AttributionAnswer {
  const { total, byReason, bySide, byHour, byWeekday, byConfidence } = attribution;
  const { all, wins, losses, missing } = excursions;
  return {
    total: answerOfSums(total),
    by_reason: answerOfGroups(byReason),
    by_side: answerOfGroups(bySide),
    by_hour: answerOfGroups(byHour),
    by_weekday: answerOfGroups(byWeekday),
    by_confidence: answerOfGroups(byConfidence),
    excursions: {
      all: answerOfExcursions(all),
      wins: answerOfExcursions(wins),
      losses: answerOfExcursions(losses),
      missing,
    },
  };
}

function answerOfGroups(groups: AttributionSummary['byReason']): Record<string, AttributionSumsAnswer> {
  return Object.fromEntries(Object.entries(groups).map(([key, sums]) => [key, answerOfSums(sums)]));
}

/** A part that is known of no lot is null. A group of fewer than 10 closed lots shows money only. */
function answerOfSums(sums: AttributionSums): AttributionSumsAnswer {
  const { lots, closed, wins, unknownLots } = sums;
  const unlessUnknown = (amount: number, unknown: number) =>
    unknown > 0 && unknown === lots ? null : amount;
  return {
    ...{ lots, closed, unknown_lots: unknownLots },
    win_rate: closed < NEEDED.groupLots ? null : (wins / closed) * 100,
    price_usdt: unlessUnknown(sums.price, unknownLots),
    entry_slippage_usdt: unlessUnknown(sums.entrySlippage, sums.unknownEntries),
    exit_slippage_usdt: unlessUnknown(sums.exitSlippage, sums.unknownExits),
    stop_gap_usdt: sums.stopGap,
    liquidation_usdt: sums.liquidation,
    fees_usdt: sums.fees,
    funding_usdt: sums.funding,
    unknown_usdt: sums.unknown,
    code: unknownLots > 0 ? 'UNKNOWN' : null,
    net_usdt: sums.net,
  };
}

function answerOfExcursions({ lots, mae, mfe }: ExcursionGroup) {
  return {
    lots,
    mae: mae && answerOfExcursion(mae),
    mfe: mfe && answerOfExcursion(mfe),
    code: mae === null ? ('FEW_TRADES' as const) : null,
  };
}

function answerOfExcursion({ amount, ...relative }: Excursion) {
  return { usdt: amount, ...snakeKeys(relative) };
}
