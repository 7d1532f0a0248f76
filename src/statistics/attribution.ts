import { type ClosedLot, type CloseReason, type Lot, signOf } from '../trading/lot.ts';
import { addMoney, roundMoney } from '../trading/money.ts';

/** The parts of a lot's result (statistics.md#61), in quote currency to 1e-8; losses and costs are negative. */
export interface Attribution {
  /** What the price did, from reference to reference; null if a reference is unknown. */
  readonly price: number | null;
  /** What slippage cost; null if the price before it is unknown. */
  readonly entrySlippage: number | null;
  readonly exitSlippage: number | null;
  /** What was lost beyond the stop. */
  readonly stopGap: number;
  /** What the exchange kept at a liquidation. */
  readonly liquidation: number;
  readonly fees: number;
  readonly funding: number;
  /** The parts that are null, together. */
  readonly unknown: number;
  /** The sum of all parts and of the lot's ledger lines; of an open lot, with its profit at the mark. */
  readonly net: number;
}

/** What a part of a lot is attributed: its quantity, and its shares of what entering and holding cost. */
export interface OpenPart extends Pick<Lot, 'quantity' | 'entryFee' | 'funding'> {
  readonly entrySlippage: number | null;
}

/** How a part of a lot was closed. */
export type PartExit = Pick<ClosedLot, 'exitPrice' | 'exitReference' | 'reason' | 'grossPnl' | 'exitFee'>;

type LotEntry = Pick<Lot, 'side' | 'entryPrice' | 'entryReference' | 'stopLoss'>;

/** Exits at a price that no slippage moves. */
const WITHOUT_SLIPPAGE: readonly CloseReason[] = ['STOP_LOSS', 'TAKE_PROFIT', 'LIQUIDATION'];

/** Attributes a closed lot. */
export function attributionOfClosedLot(lot: ClosedLot): Attribution {
  return attributionOfPart(lot, wholeOf(lot), lot);
}

/** Attributes an open lot as if its price were taken at `mark`: without slippage and fee of an exit. */
export function attributionOfOpenLot(lot: Lot, mark: number): Attribution {
  return attributionOfOpenPart(lot, wholeOf(lot), mark);
}

/** A whole lot as a part. */
export function wholeOf(lot: LotEntry & Pick<Lot, 'quantity' | 'entryFee' | 'funding'>): OpenPart {
  const { side, quantity, entryFee, funding, entryPrice, entryReference } = lot;
  const entrySlippage =
    entryReference === null ? null : roundMoney(-signOf(side) * quantity * (entryPrice - entryReference));
  return { quantity, entryFee, funding, entrySlippage };
}

/**
 * Divides what is open of a lot before `quantity` of it is closed: the part takes its share of costs by quantity, rounded,
 * and the rest keeps the rest (statistics.md#62).
 * @throws RangeError unless the quantity is above 0 and below what is open
 */
export function takePart(
  open: OpenPart,
  quantity: number,
): { readonly part: OpenPart; readonly rest: OpenPart } {
  if (!(quantity > 0 && quantity < open.quantity))
    throw new RangeError(`A part of ${open.quantity} must be above 0 and below that, not ${quantity}.`);
  const share = quantity / open.quantity;
  const divide = (amount: number) => {
    const taken = roundMoney(amount * share);
    return [taken, addMoney(amount, -taken)] as const;
  };
  const [entryFee, restFee] = divide(open.entryFee);
  const [funding, restFunding] = divide(open.funding);
  const [entrySlippage, restSlippage] =
    open.entrySlippage === null ? [null, null] : divide(open.entrySlippage);
  return {
    part: { quantity, entryFee, funding, entrySlippage },
    rest: {
      quantity: open.quantity - quantity,
      entryFee: restFee,
      funding: restFunding,
      entrySlippage: restSlippage,
    },
  };
}

/** Attributes a closed part of a lot. */
export function attributionOfPart(lot: LotEntry, part: OpenPart, exit: PartExit): Attribution {
  const signed = signOf(lot.side) * part.quantity;
  const { exitPrice, exitReference, reason, grossPnl } = exit;
  const stopGap = reason === 'STOP_LOSS' ? roundMoney(signed * (exitPrice - lot.stopLoss)) : 0;
  const lost = addMoney(grossPnl, -roundMoney(signed * (exitPrice - lot.entryPrice)));
  return complete(part, {
    gross: grossPnl,
    exitSlippage: exitSlippageOf(signed, exitPrice, exitReference, reason),
    stopGap,
    liquidation: reason === 'LIQUIDATION' ? lost : 0,
    exitFee: exit.exitFee,
  });
}

/** Attributes what is open of a lot at `mark`. */
export function attributionOfOpenPart(lot: LotEntry, part: OpenPart, mark: number): Attribution {
  const gross = roundMoney(signOf(lot.side) * part.quantity * (mark - lot.entryPrice));
  return complete(part, { gross, exitSlippage: 0, stopGap: 0, liquidation: 0, exitFee: 0 });
}

function exitSlippageOf(
  signed: number,
  exitPrice: number,
  exitReference: number | null,
  reason: CloseReason,
): number | null {
  if (WITHOUT_SLIPPAGE.includes(reason)) return 0;
  return exitReference === null ? null : roundMoney(signed * (exitPrice - exitReference));
}

/** The price is what is left of the gross result, so that the parts sum to the ledger to the last digit. */
function complete(
  { entrySlippage, entryFee, funding }: OpenPart,
  exit: Pick<Attribution, 'exitSlippage' | 'stopGap' | 'liquidation'> & {
    readonly gross: number;
    readonly exitFee: number;
  },
): Attribution {
  const { gross, exitSlippage, stopGap, liquidation } = exit;
  const known = [entrySlippage ?? 0, exitSlippage ?? 0, stopGap, liquidation].reduce(addMoney, 0);
  const left = addMoney(gross, -known);
  const isKnown = entrySlippage !== null && exitSlippage !== null;
  const fees = addMoney(-entryFee, -exit.exitFee);
  return {
    price: isKnown ? left : null,
    entrySlippage,
    exitSlippage,
    stopGap,
    liquidation,
    fees,
    funding: addMoney(funding, 0),
    unknown: isKnown ? 0 : left,
    net: [gross, fees, funding].reduce(addMoney, 0),
  };
}
