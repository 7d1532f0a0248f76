import { sql } from 'kysely';
import type { Database } from '../db/connection.ts';
import { camelKeys } from '../runtime/key-case.ts';
import type { DecisionRecord } from '../trading/decision-record.ts';
import type { LedgerKind, LedgerLine } from '../trading/ledger.ts';
import type { ClosedLot, Lot, Trade } from '../trading/lot.ts';
import type { EquityPoint } from '../trading/outcome.ts';
import { decisionOf, lotOf } from './account-rows.ts';
import { type ChartRecords, createChartRecords } from './chart-records-repository.ts';
import { createRecordLists, type RecordLists } from './record-lists-repository.ts';

/** The time of an account between two resets. Times in ms. */
export interface Epoch {
  readonly epoch: number;
  readonly initialBalance: number;
  readonly startedAt: number;
  readonly endedAt: number | null;
  readonly hidden: boolean;
}

/** A result of exactly 0 is neither a win nor a loss (statistics.md#6). */
export interface TradeCounts {
  readonly trades: number;
  readonly wins: number;
  readonly losses: number;
}

/** The parts of a ledger line that statistics need. */
export interface CountedLine extends Pick<LedgerLine, 'sequence' | 'kind' | 'amount'> {
  /** The lot that the line's event closed. */
  readonly trade: Trade | null;
}

/** A lot with the confidence (0..100) of the decision that opened it; null without one. */
export interface DecidedLot<Kind extends Lot = Lot> {
  readonly lot: Kind;
  readonly confidence: number | null;
}

/** A closed lot, and the sequence of the ledger line that closed it. */
export interface ClosedLotLine extends DecidedLot<ClosedLot> {
  readonly sequence: number;
}

/** What an account decided last. */
export type LastDecision = Pick<DecisionRecord, 'asOf' | 'epoch' | 'signal' | 'action' | 'reason'>;

/** Of decision rows. */
export interface DecisionCounts {
  readonly candles: number;
  readonly decided: number;
}

/** Records of live accounts and of replays. */
export interface HistoryRepository extends RecordLists, ChartRecords {
  epochs(accountId: string): Promise<Epoch[]>;
  /** A lot of a live account, open or closed, of any epoch. */
  lot(id: string): Promise<Lot | ClosedLot | undefined>;
  /** Wins and losses among the closed lots of an epoch. */
  counts(accountId: string, epoch: number): Promise<TradeCounts>;
  /** Whether there is a lot with this key in any epoch: a manual order that was executed before. */
  hasLotOfKey(accountId: string, key: string): Promise<boolean>;
  decision(accountId: string, asOf: number): Promise<DecisionRecord | undefined>;
  /** The newest decision row of each live account, by the account's id. */
  lastDecisions(): Promise<ReadonlyMap<string, LastDecision>>;
  /** Close times (ms) from `from` to `to` of the candles decided on, in order. */
  decidedCandles(accountId: string, from: number, to: number): Promise<number[]>;
  /** Counts the decision rows of one epoch from `from` to before `to` (ms), up to the kill. */
  decisionCounts(accountId: string, epoch: number, from: number, to: number): Promise<DecisionCounts>;
  /** The highest equity of one epoch before `time` (ms); null without a point before it. */
  peakBefore(accountId: string, epoch: number, time: number): Promise<number | null>;
  /** The points of one epoch after `time` (ms), in order of time. */
  equityAfter(accountId: string, epoch: number, time: number, limit: number): Promise<EquityPoint[]>;
  /** The lines of one epoch after the one with this sequence, in order. */
  linesAfter(accountId: string, epoch: number, sequence: number, limit: number): Promise<CountedLine[]>;
  /** The lots of one epoch that were closed after the ledger line with this sequence, in the order they were closed. */
  closedLotsAfter(
    accountId: string,
    epoch: number,
    sequence: number,
    limit: number,
  ): Promise<ClosedLotLine[]>;
  /** The open lots of an account, in the order opened. */
  openLots(accountId: string): Promise<DecidedLot[]>;
}

/** @param database the open store, or a transaction on it */
export function createHistoryRepository(database: Database): HistoryRepository {
  /** Lots with the confidence of their decision: a lot of a decision opens when its candle closes. */
  const decidedLots = (accountId: string) =>
    database
      .selectFrom('paper_lots as lot')
      .leftJoin('paper_decisions as decision', (join) =>
        join
          .onRef('decision.account_id', '=', 'lot.account_id')
          .onRef('decision.as_of', '=', 'lot.opened_at')
          // A part was opened by the decision of its lot.
          .on('decision.lot_id', '=', sql<string>`coalesce(lot.part_of, lot.id)`),
      )
      .selectAll('lot')
      .select('decision.confidence')
      .where('lot.account_id', '=', accountId);

  return {
    ...createRecordLists(database),
    ...createChartRecords(database),

    async epochs(accountId) {
      const rows = await database
        .selectFrom('paper_epochs')
        .selectAll()
        .where('account_id', '=', accountId)
        .orderBy('epoch')
        .execute();
      return rows.map(({ account_id: _, hidden, ...row }) => ({ ...camelKeys(row), hidden: hidden === 1 }));
    },

    async lot(id) {
      const row = await database
        .selectFrom('paper_lots as lot')
        .innerJoin('paper_accounts as account', 'account.id', 'lot.account_id')
        .selectAll('lot')
        .where('lot.id', '=', id)
        .where('account.run', '=', 'live')
        .executeTakeFirst();
      return row && lotOf(row);
    },

    counts(accountId, epoch) {
      return database
        .selectFrom('paper_lots')
        .select([
          sql<number>`count(*)`.as('trades'),
          sql<number>`count(*) filter (where net_pnl > 0)`.as('wins'),
          sql<number>`count(*) filter (where net_pnl < 0)`.as('losses'),
        ])
        .where('account_id', '=', accountId)
        .where('epoch', '=', epoch)
        .where('status', '=', 'CLOSED')
        .executeTakeFirstOrThrow();
    },

    async hasLotOfKey(accountId, key) {
      const query = database.selectFrom('paper_lots').select('id').where('account_id', '=', accountId);
      return (await query.where('key', '=', key).executeTakeFirst()) !== undefined;
    },

    async decision(accountId, asOf) {
      const query = database.selectFrom('paper_decisions').selectAll().where('account_id', '=', accountId);
      const row = await query.where('as_of', '=', asOf).executeTakeFirst();
      return row && decisionOf(row);
    },

    async lastDecisions() {
      const rows = await database
        .selectFrom('paper_accounts as account')
        .innerJoin('paper_decisions as decision', (join) =>
          join
            .onRef('decision.account_id', '=', 'account.id')
            .onRef('decision.as_of', '=', 'account.last_as_of'),
        )
        .select(['account.id', 'decision.as_of', 'decision.epoch', 'decision.signal'])
        .select(['decision.action', 'decision.reason'])
        .where('account.run', '=', 'live')
        .execute();
      return new Map(
        rows.map(({ id, as_of, ...row }) => [id, { ...(row as Omit<LastDecision, 'asOf'>), asOf: as_of }]),
      );
    },

    async decidedCandles(accountId, from, to) {
      const rows = await database
        .selectFrom('paper_decisions')
        .select('as_of')
        .where('account_id', '=', accountId)
        .where('decided', '=', 1)
        .where('as_of', '>=', from)
        .where('as_of', '<=', to)
        .orderBy('as_of')
        .execute();
      return rows.map(({ as_of }) => as_of);
    },

    decisionCounts(accountId, epoch, from, to) {
      return (
        database
          .selectFrom('paper_decisions')
          .select([
            sql<number>`count(*)`.as('candles'),
            sql<number>`count(*) filter (where decided = 1)`.as('decided'),
          ])
          .where('account_id', '=', accountId)
          .where('epoch', '=', epoch)
          .where('as_of', '>=', from)
          .where('as_of', '<', to)
          // After a kill nothing can be decided, which says nothing about the result before it.
          .where(({ or, eb }) => or([eb('reason', 'is', null), eb('reason', '!=', 'KILLED')]))
          .executeTakeFirstOrThrow()
      );
    },

    async peakBefore(accountId, epoch, time) {
      const { peak } = await database
        .selectFrom('paper_equity')
        .select(({ fn }) => fn.max<number | null>('equity').as('peak'))
        .where('account_id', '=', accountId)
        .where('epoch', '=', epoch)
        .where('time', '<', time)
        .executeTakeFirstOrThrow();
      return peak;
    },

    equityAfter(accountId, epoch, time, limit) {
      return database
        .selectFrom('paper_equity')
        .select(['time', 'wallet', 'equity', 'open_lots as openLots', 'open_side as openSide'])
        .where('account_id', '=', accountId)
        .where('epoch', '=', epoch)
        .where('time', '>', time)
        .orderBy('time')
        .limit(limit)
        .execute();
    },

    async linesAfter(accountId, epoch, sequence, limit) {
      const rows = await database
        .selectFrom('paper_ledger as line')
        .leftJoin('paper_lots as lot', (join) =>
          join
            .onRef('lot.id', '=', 'line.lot_id')
            .on('line.kind', 'in', ['realised_pnl', 'liquidation'] satisfies LedgerKind[]),
        )
        .select(['line.sequence', 'line.kind', 'line.amount'])
        .select(['lot.close_reason', 'lot.net_pnl', 'lot.margin', 'lot.opened_at', 'lot.closed_at'])
        .where('line.account_id', '=', accountId)
        .where('line.epoch', '=', epoch)
        .where('line.sequence', '>', sequence)
        .orderBy('line.sequence')
        .limit(limit)
        .execute();
      return rows.map(({ sequence, kind, amount, close_reason, net_pnl, margin, opened_at, closed_at }) => ({
        sequence,
        kind: kind as LedgerKind,
        amount,
        trade:
          margin === null
            ? null
            : {
                reason: close_reason as Trade['reason'],
                netPnl: net_pnl as number,
                margin,
                openedAt: opened_at as number,
                closedAt: closed_at as number,
              },
      }));
    },

    async closedLotsAfter(accountId, epoch, after, limit) {
      const rows = await decidedLots(accountId)
        .innerJoin('paper_ledger as line', 'line.lot_id', 'lot.id')
        .select('line.sequence as closing')
        .where('line.account_id', '=', accountId)
        .where('line.epoch', '=', epoch)
        .where('line.sequence', '>', after)
        .where('line.kind', 'in', ['realised_pnl', 'liquidation'] satisfies LedgerKind[])
        .orderBy('line.sequence')
        .limit(limit)
        .execute();
      return rows.map(({ closing, confidence, ...row }) => ({
        ...{ sequence: closing, confidence },
        lot: lotOf(row) as ClosedLot,
      }));
    },

    async openLots(accountId) {
      const rows = await decidedLots(accountId)
        .where('lot.status', '=', 'OPEN')
        .orderBy('lot.sequence')
        .execute();
      return rows.map(({ confidence, ...row }) => ({ confidence, lot: lotOf(row) }));
    },
  };
}
