import { isoTime, isoTimeOrNull } from '../../runtime/iso-time.ts';
import { snakeKeys } from '../../runtime/key-case.ts';
import type { AttributionSummary, AttributionSums } from '../../statistics/attribution-tally.ts';
import type { ExcursionGroup } from '../../statistics/excursion-tally.ts';
import type { Excursion } from '../../statistics/excursions.ts';
import { NEEDED } from '../../statistics/gates.ts';
import type { PositionResult } from '../../statistics/position-results.ts';
import type { ResultOrigin } from '../../statistics/result-origins.ts';
import type { AttributionAnswer, AttributionSumsAnswer, PositionResultsAnswer } from './schema.ts';

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

/** The positions that were open between two times, ms. */
export function answerOfPositions(
  { positions }: Pick<ResultOrigin, 'positions'>,
  { from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY },
): PositionResultsAnswer {
  const overlaps = (one: PositionResult) => one.from <= to && (one.to ?? Number.POSITIVE_INFINITY) >= from;
  const found = positions.filter(overlaps);
  return {
    slippage_per_lot_usdt: slippagePerLot(found),
    items: found.map((one) => ({
      from: isoTime(one.from),
      to: isoTimeOrNull(one.to),
      ...{ side: one.side, lots: one.lots, open_lots: one.openLots },
      ...{ margin_usdt: one.margin, net_usdt: one.net, fees_usdt: one.fees, funding_usdt: one.funding },
      slippage_usdt: one.slippage,
    })),
  };
}

/** Null without lots, and where it is unknown of any. */
function slippagePerLot(positions: readonly PositionResult[]): number | null {
  let [sum, lots] = [0, 0];
  for (const { slippage, lots: own } of positions) {
    if (slippage === null) return null;
    sum += slippage;
    lots += own;
  }
  return lots === 0 ? null : sum / lots + 0;
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
