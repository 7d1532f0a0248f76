import type { StoredAccount } from '../accounts/account-repository.ts';
import type { HistoryRepository } from '../accounts/history-repository.ts';
import type { MarketRepository } from '../market/store/market-repository.ts';
import { createKeyedMutex } from '../runtime/keyed-mutex.ts';
import { DECISION_CANDLE_MS } from '../trading/candle-times.ts';
import type { LedgerKind } from '../trading/ledger.ts';
import { addMoney } from '../trading/money.ts';
import { bootstrapIntervals, NO_INTERVALS, type RatioIntervals, returnsOfWholeDays } from './bootstrap.ts';
import { EquityCurve } from './equity-curve.ts';
import { type Performance, performanceOf } from './performance.ts';
import { TradeTally } from './trades.ts';

/** An account, and the newest price of its symbol where that is known. */
export interface Valued {
  readonly stored: Pick<StoredAccount, 'account' | 'symbol' | 'createdAt' | 'revision'>;
  readonly price: number | null;
}

/**
 * The statistics of accounts. What is stored is read once and then only what is added to it. Intervals are made of
 * whole days, so once a day; while new ones are made, those of the day before are shown.
 */
export interface Performances {
  of(valued: Valued): Promise<Performance>;
  /** The same with its intervals up to date. */
  settled(valued: Valued): Promise<Performance>;
  /** Grows whenever new intervals were made. */
  version(): number;
}

export interface PerformanceParts {
  readonly history: Pick<HistoryRepository, 'equityAfter' | 'linesAfter' | 'epochs'>;
  readonly candles: MarketRepository['candles'];
  /** What intervals are drawn by; the account's id unless given. */
  readonly seedOf?: (stored: Valued['stored']) => string;
  /** Lets others have their turn. */
  readonly pause: () => Promise<void>;
}

interface Known {
  readonly epoch: number;
  readonly curve: EquityCurve;
  readonly trades: TradeTally;
  readonly totals: Partial<Record<LedgerKind, number>>;
  startedAt: number;
  sequence: number;
  revision: number;
  priceFrom: number | null;
  intervals: RatioIntervals;
  /** Returns that the intervals are made from, and those that new ones are being made from. */
  intervalReturns: number;
  making: { readonly returns: number; readonly done: Promise<void> } | null;
}

/** Points in memory, 32 bytes each: those of the accounts that were asked for last. */
const MOST_POINTS = 2_000_000;
/** Rows read at once: a millisecond or two. */
const PAGE = 1000;

export function createPerformances(parts: PerformanceParts): Performances {
  const { history, candles, pause, seedOf = ({ account }) => account.id } = parts;
  const oneAtATime = createKeyedMutex();
  const kept = new Map<string, Known>();
  let version = 0;

  function knownOf({ account: { id, epoch, initialBalance } }: Valued['stored']): Known {
    const found = kept.get(id);
    const known: Known =
      found?.epoch === epoch
        ? found
        : {
            epoch,
            curve: new EquityCurve(initialBalance),
            trades: new TradeTally(),
            totals: {},
            ...{ startedAt: 0, sequence: 0, revision: -1, priceFrom: null },
            ...{ intervals: NO_INTERVALS, intervalReturns: 0, making: null },
          };
    kept.delete(id);
    kept.set(id, known);
    return known;
  }

  function forgetSome(): void {
    let points = 0;
    for (const { curve } of kept.values()) points += curve.points;
    for (const [id, { curve }] of kept) {
      if (points <= MOST_POINTS || kept.size === 1) return;
      kept.delete(id);
      points -= curve.points;
    }
  }

  async function readPoints(id: string, { epoch, curve }: Known): Promise<void> {
    for (;;) {
      const page = await history.equityAfter(id, epoch, curve.lastTime ?? Number.MIN_SAFE_INTEGER, PAGE);
      for (const point of page) curve.push(point);
      if (page.length < PAGE) return;
      await pause();
    }
  }

  async function readLines(id: string, known: Known): Promise<void> {
    for (;;) {
      const page = await history.linesAfter(id, known.epoch, known.sequence, PAGE);
      for (const { sequence, kind, amount, trade } of page) {
        known.sequence = sequence;
        known.totals[kind] = addMoney(known.totals[kind] ?? 0, amount);
        if (trade !== null) known.trades.add(trade);
      }
      if (page.length < PAGE) return;
      await pause();
    }
  }

  async function bringUpToDate({ account, symbol, createdAt, revision }: Valued['stored'], known: Known) {
    if (known.revision === revision) return;
    const { id, epoch } = account;
    await readPoints(id, known);
    await readLines(id, known);
    if (known.priceFrom === null) {
      const epochs = await history.epochs(id);
      const began = epochs.find((one) => one.epoch === epoch)?.startedAt ?? createdAt;
      known.startedAt = known.curve.firstTime === null ? began : known.curve.firstTime - DECISION_CANDLE_MS;
      const [first] = await candles.newest(symbol, '15m', 1, known.startedAt - DECISION_CANDLE_MS);
      known.priceFrom = first?.close ?? null;
    }
    known.revision = revision;
    forgetSome();
  }

  /** Begins to make intervals where there are newer days than those they are made from. */
  function makeIntervals(known: Known, seed: string): Promise<void> {
    const returns = returnsOfWholeDays(known.curve.points);
    if (returns === known.intervalReturns) return Promise.resolve();
    if (known.making?.returns === returns) return known.making.done;
    const { sums } = known.curve.returns;
    const done = bootstrapIntervals({ count: returns, sums }, seed, pause).then((intervals) => {
      if (returns < known.intervalReturns) return;
      known.intervals = intervals;
      known.intervalReturns = returns;
      version += 1;
    });
    known.making = { returns, done };
    return done;
  }

  async function compute({ stored, price }: Valued, settled: boolean): Promise<Performance> {
    const known = await oneAtATime(stored.account.id, async () => {
      const found = knownOf(stored);
      await bringUpToDate(stored, found);
      return found;
    });
    const making = makeIntervals(known, seedOf(stored));
    if (settled || known.intervalReturns === 0) await making;
    else making.catch(() => {});
    return performanceOf({
      initialBalance: stored.account.initialBalance,
      curve: known.curve,
      trades: known.trades,
      totals: known.totals,
      intervals: known.intervals,
      from: known.startedAt,
      to: known.curve.lastTime ?? known.startedAt,
      priceFrom: known.priceFrom,
      priceTo: price,
    });
  }

  return {
    of: (valued) => compute(valued, false),
    settled: (valued) => compute(valued, true),
    version: () => version,
  };
}
