import type { Side } from '../pipeline/account-state.ts';
import type { ClosedLot, Lot } from '../trading/lot.ts';
import { addMoney } from '../trading/money.ts';
import { type Attribution, attributionOfClosedLot, attributionOfOpenLot } from './attribution.ts';
import { PositionTally } from './position-tally.ts';

/** What a position came to (statistics.md#5). Times in ms, money in quote currency; losses and costs are negative. */
export interface PositionResult {
  readonly from: number;
  /** When the last lot was closed; null while any is open. */
  readonly to: number | null;
  /** All lots of an account are on one side at a time. */
  readonly side: Side;
  readonly lots: number;
  readonly openLots: number;
  /** Sum of the margins of its lots. */
  readonly margin: number;
  /** After fees and funding, with open lots at the newest price. */
  readonly net: number;
  readonly fees: number;
  readonly funding: number;
  /** Of entries and exits; null where it is unknown of a lot. */
  readonly slippage: number | null;
}

type Sums = Omit<PositionResult, 'from' | 'to'>;

/** Results by position: closed lots are added one by one, open ones are marked whenever it is read. */
export class PositionResults {
  readonly #positions = new PositionTally(sumOf);

  add(lot: ClosedLot): void {
    this.#positions.add(lot, sumsOf(lot, attributionOfClosedLot(lot), 0));
  }

  /**
   * In order of time.
   * @param open the lots that are open, at the price `mark`; `closedSince` were closed after those that were added
   */
  read(
    open: readonly Lot[],
    mark: number | null,
    closedSince: readonly ClosedLot[] = [],
  ): readonly PositionResult[] {
    const positions = this.#positions.copy();
    for (const lot of closedSince) positions.add(lot, sumsOf(lot, attributionOfClosedLot(lot), 0));
    const since = Math.min(...open.map(({ openedAt }) => openedAt));
    const all = open.map((lot) => sumsOf(lot, attributionOfOpenLot(lot, mark ?? lot.entryPrice), 1));
    const isOpen = all.length > 0;
    const read = positions.read(since, isOpen ? { since, sums: all.reduce(sumOf) } : null);
    return read.map(({ from, to, sums }) => ({ from, to: sums.openLots > 0 ? null : to, ...sums }));
  }
}

function sumsOf({ side, margin }: Lot, attribution: Attribution, openLots: number): Sums {
  const { net, fees, funding, entrySlippage, exitSlippage } = attribution;
  const isKnown = entrySlippage !== null && exitSlippage !== null;
  return {
    ...{ side, margin, openLots, net, fees, funding },
    lots: 1,
    slippage: isKnown ? addMoney(entrySlippage, exitSlippage) : null,
  };
}

function sumOf(one: Sums, other: Sums): Sums {
  return {
    side: one.side,
    lots: one.lots + other.lots,
    openLots: one.openLots + other.openLots,
    margin: addMoney(one.margin, other.margin),
    net: addMoney(one.net, other.net),
    fees: addMoney(one.fees, other.fees),
    funding: addMoney(one.funding, other.funding),
    slippage:
      one.slippage === null || other.slippage === null ? null : addMoney(one.slippage, other.slippage),
  };
}
