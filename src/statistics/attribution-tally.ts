import type { ClosedLot, Lot } from '../trading/lot.ts';
import { addMoney } from '../trading/money.ts';
import { type Attribution, attributionOfClosedLot, attributionOfOpenLot } from './attribution.ts';

const PARTS = [
  'price',
  'entrySlippage',
  'exitSlippage',
  'stopGap',
  'liquidation',
  'fees',
  'funding',
  'unknown',
  'net',
] as const satisfies readonly (keyof Attribution)[];

/** Sums over lots; parts that are unknown count in `unknown` only. */
export type AttributionSums = Readonly<Record<(typeof PARTS)[number], number>> & {
  readonly lots: number;
  /** Lots with a part that is unknown. */
  readonly unknownLots: number;
};

/** Sums by what a lot has in common with others (statistics.md#63). */
export interface AttributionSummary {
  readonly total: AttributionSums;
  /** By close reason; `OPEN` for open lots. */
  readonly byReason: Readonly<Record<string, AttributionSums>>;
  readonly bySide: Readonly<Record<string, AttributionSums>>;
  /** By UTC hour of opening, `00` to `23`. */
  readonly byHour: Readonly<Record<string, AttributionSums>>;
  /** By UTC weekday of opening, `0` (Monday) to `6`. */
  readonly byWeekday: Readonly<Record<string, AttributionSums>>;
  /** By the lowest confidence of a group; `none` for lots without one. */
  readonly byConfidence: Readonly<Record<string, AttributionSums>>;
}

/** An open lot, with the confidence (0..100) of the decision that opened it, null without one, and the newest price. */
export interface OpenAttributedLot {
  readonly lot: Lot;
  readonly mark: number;
  readonly confidence: number | null;
}

const GROUPINGS = ['byReason', 'bySide', 'byHour', 'byWeekday', 'byConfidence'] as const;
type Grouping = (typeof GROUPINGS)[number];
type Groups = ReadonlyMap<string, AttributionSums>;

const HOUR_MS = 60 * 60_000;
const DAY_MS = 24 * HOUR_MS;
/** 1970-01-01 was a Thursday. */
const WEEKDAY_OF_EPOCH = 3;
const CONFIDENCES = [90, 80, 70, 60, 55, 50, 0] as const;

const NOTHING: AttributionSums = {
  price: 0,
  entrySlippage: 0,
  exitSlippage: 0,
  stopGap: 0,
  liquidation: 0,
  fees: 0,
  funding: 0,
  unknown: 0,
  net: 0,
  lots: 0,
  unknownLots: 0,
};

/** Where results came from: closed lots are added one by one, open ones are marked whenever it is read. */
export class AttributionTally {
  #total = NOTHING;
  readonly #groups: Record<Grouping, Map<string, AttributionSums>> = {
    byReason: new Map(),
    bySide: new Map(),
    byHour: new Map(),
    byWeekday: new Map(),
    byConfidence: new Map(),
  };

  /** @param confidence of the decision that opened the lot, 0..100; null without one */
  add(lot: ClosedLot, confidence: number | null): void {
    this.#add(keysOf(lot, lot.reason, confidence), attributionOfClosedLot(lot));
  }

  /** The sums over all lots so far and these open ones. */
  summary(open: readonly OpenAttributedLot[]): AttributionSummary {
    const whole = this.#copy();
    for (const { lot, confidence, mark } of open)
      whole.#add(keysOf(lot, 'OPEN', confidence), attributionOfOpenLot(lot, mark));
    const record = (groups: Groups) => Object.fromEntries([...groups].sort(([a], [b]) => (a < b ? -1 : 1)));
    const { byReason, bySide, byHour, byWeekday, byConfidence } = whole.#groups;
    return {
      total: whole.#total,
      byReason: record(byReason),
      bySide: record(bySide),
      byHour: record(byHour),
      byWeekday: record(byWeekday),
      byConfidence: record(byConfidence),
    };
  }

  #add(keys: Readonly<Record<Grouping, string>>, attribution: Attribution): void {
    this.#total = sumOf(this.#total, attribution);
    for (const grouping of GROUPINGS) {
      const groups = this.#groups[grouping];
      const key = keys[grouping];
      groups.set(key, sumOf(groups.get(key) ?? NOTHING, attribution));
    }
  }

  #copy(): AttributionTally {
    const copy = new AttributionTally();
    copy.#total = this.#total;
    for (const grouping of GROUPINGS)
      for (const [key, sums] of this.#groups[grouping]) copy.#groups[grouping].set(key, sums);
    return copy;
  }
}

function keysOf(
  { side, openedAt }: Pick<Lot, 'side' | 'openedAt'>,
  reason: string,
  confidence: number | null,
): Record<Grouping, string> {
  const hour = Math.floor(openedAt / HOUR_MS) % 24;
  return {
    byReason: reason,
    bySide: side,
    byHour: String(hour).padStart(2, '0'),
    byWeekday: String((Math.floor(openedAt / DAY_MS) + WEEKDAY_OF_EPOCH) % 7),
    byConfidence:
      confidence === null ? 'none' : String(CONFIDENCES.find((lowest) => confidence >= lowest) ?? 0),
  };
}

function sumOf(sums: AttributionSums, attribution: Attribution): AttributionSums {
  const added = PARTS.map((part) => [part, addMoney(sums[part], attribution[part] ?? 0)]);
  const isUnknown = attribution.price === null;
  return {
    ...(Object.fromEntries(added) as Record<(typeof PARTS)[number], number>),
    lots: sums.lots + 1,
    unknownLots: sums.unknownLots + Number(isUnknown),
  };
}
