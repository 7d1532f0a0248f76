import { sql } from 'kysely';
import type { Database } from '../db/connection.ts';
import type { LedgerKind, LedgerLine } from '../trading/ledger.ts';
import type { ClosedLot, Lot, Trade } from '../trading/lot.ts';
import type { EquityPoint } from '../trading/outcome.ts';
import { lotOf } from './account-rows.ts';

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

/** Of decision rows. */
export interface DecisionCounts {
  readonly candles: number;
  readonly decided: number;
}

/** The rows that statistics are computed from, of live accounts and of replays. */
export interface ResultRows {
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
export function createResultRows(database: Database): ResultRows {
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
