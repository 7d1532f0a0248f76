import type { Kysely, SelectQueryBuilder } from 'kysely';
import type { Tables } from '../db/tables.ts';
import type { Trade } from '../statistics/trades.ts';
import type { DecisionRecord } from '../trading/decision-record.ts';
import type { LedgerKind, LedgerLine } from '../trading/ledger.ts';
import type { ClosedLot, Lot } from '../trading/lot.ts';
import type { EquityPoint } from '../trading/outcome.ts';
import { closedLotOfRow, decisionOf, lineOf, lotOfRow } from './account-rows.ts';

/** One stretch of an account's life. Times in ms. */
export interface Epoch {
  readonly epoch: number;
  readonly initialBalance: number;
  readonly startedAt: number;
  readonly endedAt: number | null;
  readonly hidden: boolean;
}

/** A trade that came out at 0 is neither won nor lost. */
export interface TradeCounts {
  readonly trades: number;
  readonly wins: number;
  readonly losses: number;
}

/** A ledger line as statistics count it. */
export interface CountedLine extends Pick<LedgerLine, 'sequence' | 'kind' | 'amount'> {
  /** The lot that it closed. */
  readonly trade: Trade | null;
}

/**
 * What accounts have behind them. Lists are newest first, without the epochs that are hidden; they go on after the
 * last one of the page before.
 */
export interface HistoryRepository {
  epochs(accountId: string): Promise<Epoch[]>;
  closedLots(
    accountId: string,
    limit: number,
    after?: Pick<ClosedLot, 'closedAt' | 'id'>,
  ): Promise<ClosedLot[]>;
  /** A lot, open or closed, of any epoch. */
  lot(id: string): Promise<Lot | ClosedLot | undefined>;
  /** How the closed lots of an epoch came out. */
  counts(accountId: string, epoch: number): Promise<TradeCounts>;
  /** A lot of this key, of any epoch: what a manual order that comes twice did the first time. */
  hasLotOfKey(accountId: string, key: string): Promise<boolean>;
  ledger(
    accountId: string,
    limit: number,
    after?: Pick<LedgerLine, 'epoch' | 'sequence'>,
  ): Promise<LedgerLine[]>;
  decisions(
    accountId: string,
    limit: number,
    after?: Pick<DecisionRecord, 'asOf'>,
  ): Promise<DecisionRecord[]>;
  decision(accountId: string, asOf: number): Promise<DecisionRecord | undefined>;
  /** The close times, ms, of all candles decided on from `from` to `to`, in order: what a replay needs. */
  decidedCandles(accountId: string, from: number, to: number): Promise<number[]>;
  /** Points of one epoch from `from` to `to` (ms), in order of time. */
  equity(accountId: string, epoch: number, from: number, to: number): Promise<EquityPoint[]>;
  /** The highest equity of one epoch before `time` (ms); null where it has no point before. */
  peakBefore(accountId: string, epoch: number, time: number): Promise<number | null>;
  /** The next points of one epoch after `time` (ms), in order of time. */
  equityAfter(accountId: string, epoch: number, time: number, limit: number): Promise<EquityPoint[]>;
  /** The next lines of one epoch after the one with this sequence, in order. */
  linesAfter(accountId: string, epoch: number, sequence: number, limit: number): Promise<CountedLine[]>;
}

/** @param database the open store, or a transaction on it */
export function createHistoryRepository(database: Kysely<Tables>): HistoryRepository {
  const visibleEpochs = (accountId: string) =>
    database
      .selectFrom('paper_epochs')
      .select('epoch')
      .where('account_id', '=', accountId)
      .where('hidden', '=', 0);

  return {
    async epochs(accountId) {
      const rows = await database
        .selectFrom('paper_epochs')
        .selectAll()
        .where('account_id', '=', accountId)
        .orderBy('epoch')
        .execute();
      return rows.map((row) => ({
        epoch: row.epoch,
        initialBalance: row.initial_balance,
        startedAt: row.started_at,
        endedAt: row.ended_at,
        hidden: row.hidden === 1,
      }));
    },

    async closedLots(accountId, limit, after) {
      let query = database
        .selectFrom('paper_lots')
        .selectAll()
        .where('account_id', '=', accountId)
        .where('status', '=', 'CLOSED')
        .where('epoch', 'in', visibleEpochs(accountId));
      if (after !== undefined) {
        query = query.where(({ eb, refTuple, tuple }) =>
          eb(refTuple('closed_at', 'id'), '<', tuple(after.closedAt, after.id)),
        );
      }
      const rows = await query.orderBy('closed_at', 'desc').orderBy('id', 'desc').limit(limit).execute();
      return rows.map(closedLotOfRow);
    },

    async lot(id) {
      const query = database.selectFrom('paper_lots').selectAll().where('id', '=', id);
      const row = await query.executeTakeFirst();
      if (row === undefined) return undefined;
      return row.status === 'CLOSED' ? closedLotOfRow(row) : lotOfRow(row);
    },

    async counts(accountId, epoch) {
      const row = await database
        .selectFrom('paper_lots')
        .select(({ fn, eb }) => [
          fn.countAll<number>().as('trades'),
          fn.sum<number | null>(eb.case().when('net_pnl', '>', 0).then(1).else(0).end()).as('wins'),
          fn.sum<number | null>(eb.case().when('net_pnl', '<', 0).then(1).else(0).end()).as('losses'),
        ])
        .where('account_id', '=', accountId)
        .where('epoch', '=', epoch)
        .where('status', '=', 'CLOSED')
        .executeTakeFirstOrThrow();
      return { trades: row.trades, wins: row.wins ?? 0, losses: row.losses ?? 0 };
    },

    async hasLotOfKey(accountId, key) {
      const query = database.selectFrom('paper_lots').select('id').where('account_id', '=', accountId);
      return (await query.where('key', '=', key).executeTakeFirst()) !== undefined;
    },

    async ledger(accountId, limit, after) {
      let query = database
        .selectFrom('paper_ledger')
        .selectAll()
        .where('account_id', '=', accountId)
        .where('epoch', 'in', visibleEpochs(accountId));
      if (after !== undefined) {
        query = query.where(({ eb, refTuple, tuple }) =>
          eb(refTuple('epoch', 'sequence'), '<', tuple(after.epoch, after.sequence)),
        );
      }
      const rows = await query.orderBy('epoch', 'desc').orderBy('sequence', 'desc').limit(limit).execute();
      return rows.map(lineOf);
    },

    async decisions(accountId, limit, after) {
      let query = database
        .selectFrom('paper_decisions')
        .selectAll()
        .where('account_id', '=', accountId)
        .where('epoch', 'in', visibleEpochs(accountId));
      if (after !== undefined) query = query.where('as_of', '<', after.asOf);
      const rows = await query.orderBy('as_of', 'desc').limit(limit).execute();
      return rows.map(decisionOf);
    },

    async decision(accountId, asOf) {
      const query = database.selectFrom('paper_decisions').selectAll().where('account_id', '=', accountId);
      const row = await query.where('as_of', '=', asOf).executeTakeFirst();
      return row && decisionOf(row);
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

    async equity(accountId, epoch, from, to) {
      const rows = await pointsOf(database, accountId, epoch)
        .where('time', '>=', from)
        .where('time', '<=', to)
        .execute();
      return rows.map(pointOf);
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

    async equityAfter(accountId, epoch, time, limit) {
      const query = pointsOf(database, accountId, epoch).where('time', '>', time);
      return (await query.limit(limit).execute()).map(pointOf);
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
        .select(['lot.close_reason', 'lot.net_pnl', 'lot.margin'])
        .where('line.account_id', '=', accountId)
        .where('line.epoch', '=', epoch)
        .where('line.sequence', '>', sequence)
        .orderBy('line.sequence')
        .limit(limit)
        .execute();
      return rows.map(({ sequence, kind, amount, close_reason, net_pnl, margin }) => ({
        sequence,
        kind: kind as LedgerKind,
        amount,
        trade:
          margin === null
            ? null
            : { reason: close_reason as Trade['reason'], netPnl: net_pnl as number, margin },
      }));
    },
  };
}

type Point = Pick<Tables['paper_equity'], 'time' | 'wallet' | 'equity' | 'open_lots' | 'open_side'>;

function pointOf({ time, wallet, equity, open_lots, open_side }: Point): EquityPoint {
  return { time, wallet, equity, openLots: open_lots, openSide: open_side };
}

function pointsOf(
  database: Kysely<Tables>,
  accountId: string,
  epoch: number,
): SelectQueryBuilder<Tables, 'paper_equity', Point> {
  return database
    .selectFrom('paper_equity')
    .select(['time', 'wallet', 'equity', 'open_lots', 'open_side'])
    .where('account_id', '=', accountId)
    .where('epoch', '=', epoch)
    .orderBy('time');
}
