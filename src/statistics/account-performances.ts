import { LRUCache } from 'lru-cache';
import type { StoredAccount } from '../accounts/account-repository.ts';
import type { HistoryRepository } from '../accounts/history-repository.ts';
import type { MarketRepository } from '../market/store/market-repository.ts';
import { createKeyedMutex } from '../runtime/keyed-mutex.ts';
import { equityAt, type PaperAccount } from '../trading/account.ts';
import type { LedgerKind } from '../trading/ledger.ts';
import { addMoney } from '../trading/money.ts';
import { type Intervals, intervalSeed } from './bootstrap.ts';
import { CurveTally } from './curve-tally.ts';
import { DecisionTally } from './decision-tally.ts';
import { createIntervalCache } from './interval-cache.ts';
import { type Performance, performanceOf, type RecordInput } from './performance.ts';
import { TradeTally } from './trade-tally.ts';

export interface PricedAccount {
  readonly stored: Pick<StoredAccount, 'account' | 'symbol' | 'createdAt' | 'revision'>;
  /** The newest price of its symbol; null if unknown. */
  readonly price: number | null;
  /** The account with executed candles that are not stored yet; by default the stored one. */
  readonly account?: PaperAccount;
  /** Whether its range touches that on which the package was trained; only replays know. */
  readonly inSample?: boolean;
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
  readonly history: Pick<HistoryRepository, 'equityAfter' | 'linesAfter' | 'epochs' | 'decisionCounts'>;
  readonly candles: MarketRepository['candles'];
  /** Yields to the event loop. */
  readonly pause: () => Promise<void>;
}

/** What has been read of one epoch of an account. */
interface EpochRecord {
  readonly epoch: number;
  readonly curve: CurveTally;
  readonly trades: TradeTally;
  readonly decisions: DecisionTally;
  readonly totals: Partial<Record<LedgerKind, number>>;
  startedAt: number;
  lastSequence: number;
  /** Revision of the account up to which rows have been read. */
  revision: number;
  startPrice: number | null;
  intervals: Intervals | null;
  /** Number of days in `intervals`. */
  intervalDays: number;
  /** The last performance, and what else it was computed from than stored rows. */
  last: { readonly from: string; readonly performance: Performance } | null;
  /** The computation of newer intervals. */
  pending: { readonly days: number; readonly done: Promise<void> } | null;
}

/** Days and trades in memory, some 300 bytes each; the least recently used accounts are dropped first. */
const MAX_KEPT = 1_000_000;
/** Reading so many rows takes a millisecond or two. */
const PAGE_ROWS = 1000;

export function createAccountPerformances(dependencies: PerformanceDependencies): AccountPerformances {
  const { history, candles, pause } = dependencies;
  const computeIntervals = createIntervalCache(pause);
  const oneAtATime = createKeyedMutex();
  const records = new LRUCache<string, EpochRecord>({
    maxSize: MAX_KEPT,
    sizeCalculation: ({ curve, trades }) => Math.min(curve.days + trades.all.count + 1, MAX_KEPT),
  });
  let revision = 0;

  async function readPoints(id: string, { epoch, curve }: EpochRecord): Promise<void> {
    for (;;) {
      const after = curve.last?.time ?? Number.MIN_SAFE_INTEGER;
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
    const { decisionMs, decisionTimeframe } = stored.account.pipeline;
    record.startedAt =
      record.curve.started?.from ??
      epochs.find(({ epoch }) => epoch === record.epoch)?.startedAt ??
      stored.createdAt;
    const newest = record.startedAt - decisionMs;
    const [first] = await candles.newest(stored.symbol, decisionTimeframe, 1, newest);
    record.startPrice = first?.close ?? null;
  }

  /** The record with all rows that are stored now. To be called for one account at a time. */
  async function readRecord(stored: PricedAccount['stored']): Promise<EpochRecord> {
    const { id, epoch } = stored.account;
    const known = records.get(id);
    const record = known?.epoch === epoch ? known : newRecord(stored.account);
    if (record.revision === stored.revision) return record;
    await readPoints(id, record);
    await readLedger(id, record);
    await record.decisions.read(dependencies, stored.account, record.curve.started?.from ?? null);
    if (record.startPrice === null) await readStart(stored, record);
    record.revision = stored.revision;
    // An entry that is set again keeps its old size, so it is deleted first.
    records.delete(id);
    records.set(id, record);
    return record;
  }

  /** Starts to compute intervals if another day has been added, and there is enough evidence for them. */
  function updateIntervals(record: EpochRecord, { withheld, dailyReturns }: Performance): Promise<void> {
    const days = dailyReturns.values.length;
    if (withheld.intervals !== undefined || days === record.intervalDays) return Promise.resolve();
    if (record.pending?.days === days) return record.pending.done;
    const seed = intervalSeed(record.startedAt);
    const done = computeIntervals(dailyReturns.values, seed).then((intervals) => {
      if (days < record.intervalDays) return;
      record.intervals = intervals;
      record.intervalDays = days;
      revision += 1;
    });
    record.pending = { days, done };
    return done;
  }

  async function read(account: PricedAccount, waitForIntervals: boolean): Promise<Performance> {
    const { stored, price, inSample = false } = account;
    const record = await oneAtATime(stored.account.id, () => readRecord(stored));
    const input = recordInput(account, record);
    const { totals, startPrice } = record;
    /** The same object while nothing changes, as of accounts that wait: its answer is then the same too. */
    const compute = () => {
      const { mark, killedAt } = input;
      const from = [
        record.revision,
        mark?.time,
        mark?.equity,
        price,
        killedAt,
        inSample,
        record.intervalDays,
      ];
      const known = record.last;
      if (known?.from === from.join(' ')) return known.performance;
      const performance = performanceOf({
        ...{ ...input, intervals: record.intervals, inSample, totals: { ...totals } },
        ...{ priceFrom: startPrice, priceTo: price, decisions: record.decisions.counts },
      });
      record.last = { from: from.join(' '), performance };
      return performance;
    };
    const result = compute();
    const update = updateIntervals(record, result);
    if (waitForIntervals || record.intervals === null) {
      await update;
      return compute();
    }
    // A failed update is reported to the callers that wait for it.
    update.catch(() => {});
    return result;
  }

  return {
    read: (account) => read(account, false),
    readWithNewIntervals: (account) => read(account, true),
    revision: () => revision,
  };
}

/** What has been read, with the newest mark of the account. */
function recordInput(
  { stored, price, account = stored.account }: PricedAccount,
  { curve, trades }: EpochRecord,
): RecordInput {
  const { lots, status } = stored.account;
  return {
    curve,
    trades,
    mark: price === null ? null : { time: account.nextCandle, equity: equityAt(account, price) },
    firstOpen: lots.length === 0 ? null : Math.min(...lots.map(({ openedAt }) => openedAt)),
    // Its last lots were closed then, and with them its equity changed for the last time.
    killedAt: status === 'KILLED' ? curve.changedAt : null,
  };
}

function newRecord({ epoch, initialBalance, pipeline }: StoredAccount['account']): EpochRecord {
  return {
    epoch,
    curve: new CurveTally(initialBalance, pipeline.decisionMs),
    trades: new TradeTally(),
    decisions: new DecisionTally(),
    totals: {},
    startedAt: 0,
    lastSequence: 0,
    revision: -1,
    startPrice: null,
    intervals: null,
    intervalDays: 0,
    last: null,
    pending: null,
  };
}
