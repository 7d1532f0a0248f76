import { LRUCache } from 'lru-cache';
import type { StoredAccount } from '../accounts/account-repository.ts';
import type { HistoryRepository } from '../accounts/history-repository.ts';
import type { DecidedLot } from '../accounts/result-rows-repository.ts';
import { createKeyedMutex } from '../runtime/keyed-mutex.ts';
import type { PaperAccount } from '../trading/account.ts';
import type { ClosedLot } from '../trading/lot.ts';
import { type AttributionSummary, AttributionTally } from './attribution-tally.ts';
import { type ExcursionSummary, ExcursionTally } from './excursion-tally.ts';
import { type PositionResult, PositionResults } from './position-results.ts';
import type { ReadExcursions } from './read-excursions.ts';

/** Where the result of the current epoch of an account came from. */
export interface ResultOrigin {
  /** Open lots at the newest price, or at their entry where none is known. */
  readonly attribution: AttributionSummary;
  readonly excursions: ExcursionSummary;
  /** In order of time. */
  readonly positions: readonly PositionResult[];
}

/** An account as it is stored, and what it has executed since. */
export interface MarkedAccount {
  readonly stored: Pick<StoredAccount, 'account' | 'symbol' | 'revision'>;
  readonly account: PaperAccount;
  /** Lots that are closed, but not in the store yet. */
  readonly pending: readonly ClosedLot[];
  /** The newest price of its symbol; null if unknown. */
  readonly price: number | null;
}

export interface ResultOriginsDependencies {
  readonly history: Pick<HistoryRepository, 'closedLotsAfter' | 'openLots'>;
  readonly readExcursions: ReadExcursions;
  /** Yields to the event loop. */
  readonly pause: () => Promise<void>;
}

/** Reads where results came from: stored lots once, later only lots that were closed since (statistics.md#60 to statistics.md#65). */
export type ReadResultOrigin = (account: MarkedAccount) => Promise<ResultOrigin>;

/** What has been read of one epoch of an account. */
interface OriginRecord {
  readonly epoch: number;
  readonly attribution: AttributionTally;
  readonly excursions: ExcursionTally;
  readonly positions: PositionResults;
  /** Lots of which candles are missing; those of the newest are looked for again. */
  missing: readonly ClosedLot[];
  open: readonly DecidedLot[];
  /** Ids of the lots that were read last. */
  newestClosed: readonly string[];
  lots: number;
  lastSequence: number;
  /** Revision of the account up to which lots have been read. */
  revision: number;
}

/** Closed lots in memory, some 150 bytes each; the least recently used accounts are dropped first. */
const MAX_KEPT = 300_000;
/** Reading and attributing so many lots takes a few milliseconds. */
const PAGE_ROWS = 50;
/** More than one request closes. */
const NEWEST_LOTS = 500;
const LOOKED_FOR_AGAIN = 20;

export function createReadResultOrigin({
  history,
  readExcursions,
  pause,
}: ResultOriginsDependencies): ReadResultOrigin {
  const oneAtATime = createKeyedMutex();
  const records = new LRUCache<string, OriginRecord>({
    maxSize: MAX_KEPT,
    sizeCalculation: ({ lots }) => Math.min(lots + 1, MAX_KEPT),
  });

  async function readClosed(
    { account, symbol }: MarkedAccount['stored'],
    record: OriginRecord,
  ): Promise<void> {
    for (;;) {
      const page = await history.closedLotsAfter(account.id, record.epoch, record.lastSequence, PAGE_ROWS);
      for (const { sequence, lot, confidence } of page) {
        record.lastSequence = sequence;
        record.lots += 1;
        record.attribution.add(lot, confidence);
        record.positions.add(lot);
      }
      const lots = page.map(({ lot }) => lot);
      record.newestClosed = [...record.newestClosed, ...lots.map(({ id }) => id)].slice(-NEWEST_LOTS);
      record.missing = [...record.missing, ...(await measure(lots, { account, symbol }, record))];
      if (page.length < PAGE_ROWS) return;
      await pause();
    }
  }

  /** Adds the excursions of lots; returns the lots of which candles are missing. */
  async function measure(
    lots: readonly ClosedLot[],
    { account, symbol }: Pick<MarkedAccount['stored'], 'account' | 'symbol'>,
    { excursions }: OriginRecord,
  ): Promise<ClosedLot[]> {
    const missing: ClosedLot[] = [];
    for (const lot of lots) {
      const measured = await readExcursions(lot, { symbol, pipeline: account.pipeline });
      if (measured === null) missing.push(lot);
      else excursions.add(measured, lot.netPnl);
    }
    return missing;
  }

  /** The record with all lots that are stored now. To be called for one account at a time. */
  async function readRecord(stored: MarkedAccount['stored']): Promise<OriginRecord> {
    const { id, epoch } = stored.account;
    const known = records.get(id);
    const record = known?.epoch === epoch ? known : newRecord(epoch);
    // What is read only in part, because something fails, has to be read again.
    records.delete(id);
    const again = record.missing.slice(-LOOKED_FOR_AGAIN);
    const older = record.missing.slice(0, -LOOKED_FOR_AGAIN);
    record.missing = [...older, ...(await measure(again, stored, record))];
    if (record.revision !== stored.revision) {
      await readClosed(stored, record);
      record.open = await history.openLots(id);
      record.revision = stored.revision;
    }
    records.set(id, record);
    return record;
  }

  return async ({ stored, account, pending, price }) =>
    oneAtATime(stored.account.id, async () => {
      const record = await readRecord(stored);
      // Another request, or node, may have stored since what this account has executed.
      const isStored = new Set(record.newestClosed);
      const isMissing = ({ id }: { readonly id: string }) => !isStored.has(id);
      const confidenceOf = new Map(record.open.map(({ lot, confidence }) => [lot.id, confidence]));
      const decided = <Kind extends { readonly id: string }>(lot: Kind) => ({
        lot,
        confidence: confidenceOf.get(lot.id) ?? null,
      });
      const open = account.lots.filter(isMissing);
      const closedSince = pending.filter(isMissing);
      return {
        attribution: record.attribution.summary(
          open.map((lot) => ({ ...decided(lot), mark: price ?? lot.entryPrice })),
          closedSince.map(decided),
        ),
        positions: record.positions.read(open, price, closedSince),
        excursions: { ...record.excursions.read(), missing: record.missing.length },
      };
    });
}

function newRecord(epoch: number): OriginRecord {
  return {
    epoch,
    attribution: new AttributionTally(),
    excursions: new ExcursionTally(),
    positions: new PositionResults(),
    missing: [],
    open: [],
    newestClosed: [],
    lots: 0,
    lastSequence: 0,
    revision: -1,
  };
}
