import type { DecidedLot } from '../accounts/result-rows-repository.ts';
import { DAY_MS } from '../candle.ts';
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

/** Numbers of lots. */
const COUNTS = ['lots', 'closed', 'wins', 'unknownLots', 'unknownEntries', 'unknownExits'] as const;

type Money = Readonly<Record<(typeof PARTS)[number], number>>;

/** Numbers of lots: all, closed ones, closed ones that won, and those whose price part, entry or exit slippage is unknown. */
type Counts = Readonly<Record<(typeof COUNTS)[number], number>>;

/** Sums over lots; parts that are unknown count in `unknown` only. */
export interface AttributionSums extends Money, Counts {}

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

/** An open lot and the newest price. */
export interface OpenAttributedLot extends DecidedLot {
  readonly mark: number;
}

const GROUPINGS = ['byReason', 'bySide', 'byHour', 'byWeekday', 'byConfidence'] as const;
type Grouping = (typeof GROUPINGS)[number];
type Groups = ReadonlyMap<string, AttributionSums>;

const HOUR_MS = 60 * 60_000;
/** 1970-01-01 was a Thursday. */
const WEEKDAY_OF_EPOCH = 3;
const CONFIDENCES = [90, 80, 70, 60, 55, 50, 0] as const;

const NOTHING = Object.fromEntries([...PARTS, ...COUNTS].map((name) => [name, 0])) as Record<
  keyof AttributionSums,
  0
>;

/** Where results came from: closed lots are added one by one, open ones are marked whenever it is read. */
export class AttributionTally {
  #total: AttributionSums = NOTHING;
  readonly #groups: Record<Grouping, Map<string, AttributionSums>> = {
    byReason: new Map(),
    bySide: new Map(),
    byHour: new Map(),
    byWeekday: new Map(),
    byConfidence: new Map(),
  };

  /** @param confidence of the decision that opened the lot, 0..100; null without one */
  add(lot: ClosedLot, confidence: number | null): void {
    this.#add(keysOf(lot, lot.reason, confidence), attributionOfClosedLot(lot), true);
  }

  /** The sums over all lots so far, these open ones and these that were closed since. */
  summary(
    open: readonly OpenAttributedLot[],
    closedSince: readonly DecidedLot<ClosedLot>[] = [],
  ): AttributionSummary {
    const whole = this.#copy();
    for (const { lot, confidence } of closedSince) whole.add(lot, confidence);
    for (const { lot, confidence, mark } of open)
      whole.#add(keysOf(lot, 'OPEN', confidence), attributionOfOpenLot(lot, mark), false);
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

  #add(keys: Readonly<Record<Grouping, string>>, attribution: Attribution, isClosed: boolean): void {
    const counts = countsOf(attribution, isClosed);
    this.#total = sumOf(this.#total, attribution, counts);
    for (const grouping of GROUPINGS) {
      const groups = this.#groups[grouping];
      const key = keys[grouping];
      groups.set(key, sumOf(groups.get(key) ?? NOTHING, attribution, counts));
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

function countsOf({ price, entrySlippage, exitSlippage, net }: Attribution, isClosed: boolean): Counts {
  return {
    lots: 1,
    closed: Number(isClosed),
    wins: Number(isClosed && net > 0),
    unknownLots: Number(price === null),
    unknownEntries: Number(entrySlippage === null),
    unknownExits: Number(exitSlippage === null),
  };
}

function sumOf(sums: AttributionSums, attribution: Attribution, counts: Counts): AttributionSums {
  const money = PARTS.map((part) => [part, addMoney(sums[part], attribution[part] ?? 0)]);
  const numbers = COUNTS.map((name) => [name, sums[name] + counts[name]]);
  return Object.fromEntries([...money, ...numbers]);
}
