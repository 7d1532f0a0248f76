import { z } from 'zod';
import { MINUTE_MS } from '../../candle.ts';
import { snakeKeys } from '../../runtime/key-case.ts';
import { attributionOfClosedLot, attributionOfOpenLot } from '../../statistics/attribution.ts';
import {
  type AttributionSums,
  AttributionTally,
  type OpenAttributedLot,
} from '../../statistics/attribution-tally.ts';
import { excursionsOf } from '../../statistics/excursions.ts';
import type { ClosedLot, CloseReason, Lot } from '../../trading/lot.ts';
import { goldenCase } from './golden-case.ts';
import { STATISTICS_TOLERANCE } from './tolerances.ts';

const number = z.number();

const lotShape = z.object({
  id: z.string(),
  side: z.enum(['long', 'short']),
  opened_ms: number,
  closed_ms: number.nullable(),
  reason: z.string().nullable(),
  entry_price: number.positive(),
  entry_reference: number.nullable(),
  exit_price: number.nullable(),
  exit_reference: number.nullable(),
  stop_loss: number,
  quantity: number.positive(),
  notional: number,
  margin: number.positive(),
  entry_fee: number,
  exit_fee: number.nullable(),
  gross_pnl: number.nullable(),
  funding: number,
  net_pnl: number.nullable(),
  mark_price: number.nullable(),
  confidence: number.nullable(),
});

type GoldenLot = z.infer<typeof lotShape>;

const shape = z.object({
  lots: z.array(lotShape),
  /** Open time, open, high, low, close. */
  candles: z.array(z.tuple([number, number, number, number, number])),
});

/** Length of the candles, which are intrabar candles of the default pipeline. */
const CANDLE_MS = 3 * MINUTE_MS;

/** Where results came from (statistics.md#61 to statistics.md#64). */
export const attributionCase = goldenCase(
  { name: 'attribution', fields: ['lots', 'candles'], toleranceOf: () => STATISTICS_TOLERANCE },
  shape,
  ({ lots, candles: rows }) => {
    const candles = rows.map(([openTime, open, high, low]) => ({ openTime, open, high, low }));
    const tally = new AttributionTally();
    const open: OpenAttributedLot[] = [];
    for (const golden of lots) {
      const closed = closedLotOf(golden);
      const { confidence } = golden;
      if (closed === null) open.push({ lot: lotOf(golden), confidence, mark: markOf(golden) });
      else tally.add(closed, confidence);
    }
    const { total, ...groups } = tally.summary(open);
    return {
      total: sumsAnswer(total),
      ...snakeKeys(
        Object.fromEntries(
          Object.entries(groups).map(([name, sums]) => [
            name,
            Object.fromEntries(Object.entries(sums).map(([key, one]) => [key, sumsAnswer(one)])),
          ]),
        ),
      ),
      lots: lots.map(attributionAnswer),
      // Without candles nothing is known about the way.
      excursions: rows.length === 0 ? [] : excursionAnswers(lots, candles),
    };
  },
);

function attributionAnswer(golden: GoldenLot) {
  const closed = closedLotOf(golden);
  const { unknown: _, ...parts } =
    closed === null ? attributionOfOpenLot(lotOf(golden), markOf(golden)) : attributionOfClosedLot(closed);
  return snakeKeys(parts);
}

function excursionAnswers(lots: readonly GoldenLot[], candles: Parameters<typeof excursionsOf>[1]) {
  const closed = lots.map(closedLotOf).filter((lot) => lot !== null);
  return closed.map((lot) => {
    const { mae, mfe } = excursionsOf(lot, candles, CANDLE_MS);
    return { mae: mae.amount, mfe: mfe.amount };
  });
}

/** @throws RangeError if an open lot has none */
function markOf({ id, mark_price }: GoldenLot): number {
  if (mark_price === null) throw new RangeError(`The open lot ${id} has no mark price.`);
  return mark_price;
}

function sumsAnswer(sums: AttributionSums) {
  const { lots, price, entrySlippage, exitSlippage, stopGap, liquidation, fees, funding, net } = sums;
  return snakeKeys({ lots, price, entrySlippage, exitSlippage, stopGap, liquidation, fees, funding, net });
}

function lotOf(golden: GoldenLot): Lot {
  const { id, side, quantity, notional, margin, funding } = golden;
  return {
    ...{ id, side, quantity, notional, margin, funding, key: id, origin: 'policy' },
    entryPrice: golden.entry_price,
    entryReference: golden.entry_reference,
    ...{ partOf: null, firstStop: null },
    leverage: notional / margin,
    stopLoss: golden.stop_loss,
    takeProfit: golden.entry_price,
    openedAt: golden.opened_ms,
    ...{ steps: 0, holdClock: 'training', maxSteps: 0 },
    entryFee: golden.entry_fee,
  };
}

/** Null for an open lot. */
function closedLotOf(golden: GoldenLot): ClosedLot | null {
  const { closed_ms: closedAt, exit_price: exitPrice, gross_pnl: grossPnl, exit_fee: exitFee } = golden;
  if (closedAt === null || exitPrice === null || grossPnl === null || exitFee === null) return null;
  return {
    ...lotOf(golden),
    ...{ closedAt, exitPrice, grossPnl, exitFee },
    exitReference: golden.exit_reference,
    reason: golden.reason as CloseReason,
    netPnl: golden.net_pnl ?? 0,
  };
}
