import { LRUCache } from 'lru-cache';
import type { StoredAccount } from '../accounts/account-repository.ts';
import type { HistoryRepository } from '../accounts/history-repository.ts';
import type { MarketRepository } from '../market/store/market-repository.ts';
import { createKeyedMutex } from '../runtime/keyed-mutex.ts';
import type { LedgerKind } from '../trading/ledger.ts';
import { addMoney } from '../trading/money.ts';
import { bootstrapIntervals, countInWholeDays, NO_INTERVALS, type RatioIntervals } from './bootstrap.ts';
import { CurveTally } from './curve-tally.ts';
import { type Performance, performanceOf } from './performance.ts';
import { TradeTally } from './trade-tally.ts';

export interface PricedAccount {
  readonly stored: Pick<StoredAccount, 'account' | 'symbol' | 'createdAt' | 'revision'>;
  /** The newest price of its symbol; null if unknown. */
  readonly price: number | null;
}

/** The performance of accounts. Stored rows are read once; later only rows that were added since. */
export interface AccountPerformances {
  /** While new intervals are computed in the background, the intervals of the day before are returned. */
  read(account: PricedAccount): Promise<Performance>;
  /** Waits for new intervals. */
  readWithNewIntervals(account: PricedAccount): Promise<Performance>;
  /** Grows when new intervals are computed. */
  revision(): number;
}

export interface PerformanceDependencies {
  readonly history: Pick<HistoryRepository, 'equityAfter' | 'linesAfter' | 'epochs'>;
  readonly candles: MarketRepository['candles'];
  /** Seed of the intervals; the account's id by default. */
  readonly seedOf?: (stored: PricedAccount['stored']) => string;
  /** Yields to the event loop. */
  readonly pause: () => Promise<void>;
}

/** What has been read of one epoch of an account. */
interface EpochRecord {
  readonly epoch: number;
  readonly curve: CurveTally;
  readonly trades: TradeTally;
  readonly totals: Partial<Record<LedgerKind, number>>;
  startedAt: number;
  lastSequence: number;
  /** Revision of the account up to which rows have been read. */
  revision: number;
  startPrice: number | null;
  intervals: RatioIntervals;
  /** Number of returns in `intervals`. */
  intervalReturns: number;
  /** The computation of newer intervals. */
  pending: { readonly returns: number; readonly done: Promise<void> } | null;
}

/** Points in memory, 32 bytes each; the least recently used accounts are dropped first. */
const MAX_POINTS = 2_000_000;
/** Reading so many rows takes a millisecond or two. */
const PAGE_ROWS = 1000;

export function createAccountPerformances(dependencies: PerformanceDependencies): AccountPerformances {
  const { history, candles, pause, seedOf = ({ account }) => account.id } = dependencies;
  const oneAtATime = createKeyedMutex();
  const records = new LRUCache<string, EpochRecord>({
    maxSize: MAX_POINTS,
    sizeCalculation: ({ curve }) => Math.min(curve.points + 1, MAX_POINTS),
  });
  let revision = 0;

  async function readPoints(id: string, { epoch, curve }: EpochRecord): Promise<void> {
    for (;;) {
      const after = curve.lastTime ?? Number.MIN_SAFE_INTEGER;
      const page = await history.equityAfter(id, epoch, after, PAGE_ROWS);
      for (const point of page) curve.add(point);
      if (page.length < PAGE_ROWS) return;
      await pause();
    }
  }

  async function readLedger(id: string, record: EpochRecord): Promise<void> {
    for (;;) {
      const page = await history.linesAfter(id, record.epoch, record.lastSequence, PAGE_ROWS);
      for (const { sequence, kind, amount, trade } of page) {
        record.lastSequence = sequence;
        record.totals[kind] = addMoney(record.totals[kind] ?? 0, amount);
        if (trade !== null) record.trades.add(trade);
      }
      if (page.length < PAGE_ROWS) return;
      await pause();
    }
  }

  async function readStart(stored: PricedAccount['stored'], record: EpochRecord): Promise<void> {
    const epochs = await history.epochs(stored.account.id);
    const { firstTime } = record.curve;
    const { decisionMs, decisionTimeframe } = stored.account.pipeline;
    record.startedAt =
      firstTime === null
        ? (epochs.find(({ epoch }) => epoch === record.epoch)?.startedAt ?? stored.createdAt)
        : firstTime - decisionMs;
    const newest = record.startedAt - decisionMs;
    const [first] = await candles.newest(stored.symbol, decisionTimeframe, 1, newest);
    record.startPrice = first?.close ?? null;
  }

  /** The record with all rows that are stored now. To be called for one account at a time. */
  async function readRecord(stored: PricedAccount['stored']): Promise<EpochRecord> {
    const { id, epoch, initialBalance } = stored.account;
    const known = records.get(id);
    const record = known?.epoch === epoch ? known : newRecord(epoch, initialBalance);
    if (record.revision === stored.revision) return record;
    await readPoints(id, record);
    await readLedger(id, record);
    if (record.startPrice === null) await readStart(stored, record);
    record.revision = stored.revision;
    // An entry that is set again keeps its old size, so it is deleted first.
    records.delete(id);
    records.set(id, record);
    return record;
  }

  /** Starts to compute intervals if returns of another day have been added. */
  function updateIntervals(record: EpochRecord, decisionMs: number, seed: string): Promise<void> {
    const returns = countInWholeDays(record.curve.points, decisionMs);
    if (returns === record.intervalReturns) return Promise.resolve();
    if (record.pending?.returns === returns) return record.pending.done;
    const { sums } = record.curve.returns;
    const done = bootstrapIntervals({ count: returns, sums }, decisionMs, seed, pause).then((intervals) => {
      if (returns < record.intervalReturns) return;
      record.intervals = intervals;
      record.intervalReturns = returns;
      revision += 1;
    });
    record.pending = { returns, done };
    return done;
  }

  async function read({ stored, price }: PricedAccount, waitForIntervals: boolean): Promise<Performance> {
    const record = await oneAtATime(stored.account.id, () => readRecord(stored));
    const { decisionMs } = stored.account.pipeline;
    const update = updateIntervals(record, decisionMs, seedOf(stored));
    if (waitForIntervals || record.intervalReturns === 0) await update;
    // A failed update is reported to the callers that wait for it.
    else update.catch(() => {});
    return performanceOf({
      initialBalance: stored.account.initialBalance,
      decisionMs,
      curve: record.curve,
      trades: record.trades,
      totals: record.totals,
      intervals: record.intervals,
      from: record.startedAt,
      to: record.curve.lastTime ?? record.startedAt,
      priceFrom: record.startPrice,
      priceTo: price,
    });
  }

  return {
    read: (account) => read(account, false),
    readWithNewIntervals: (account) => read(account, true),
    revision: () => revision,
  };
}

function newRecord(epoch: number, initialBalance: number): EpochRecord {
  return {
    epoch,
    curve: new CurveTally(initialBalance),
    trades: new TradeTally(),
    totals: {},
    startedAt: 0,
    lastSequence: 0,
    revision: -1,
    startPrice: null,
    intervals: NO_INTERVALS,
    intervalReturns: 0,
    pending: null,
  };
}
