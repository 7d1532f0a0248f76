import { sql } from 'kysely';
import type { Database } from '../db/connection.ts';
import { camelKeys } from '../runtime/key-case.ts';
import type { DecisionRecord } from '../trading/decision-record.ts';
import type { ClosedLot, Lot } from '../trading/lot.ts';
import { decisionOf, lotOf } from './account-rows.ts';
import { type ChartRecords, createChartRecords } from './chart-records-repository.ts';
import { createRecordLists, type RecordLists } from './record-lists-repository.ts';
import { createResultRows, type ResultRows } from './result-rows-repository.ts';

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

/** What an account decided last. */
export type LastDecision = Pick<DecisionRecord, 'asOf' | 'epoch' | 'signal' | 'action' | 'reason'>;

/** Records of live accounts and of replays. */
export interface HistoryRepository extends RecordLists, ChartRecords, ResultRows {
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
}

/** @param database the open store, or a transaction on it */
export function createHistoryRepository(database: Database): HistoryRepository {
  return {
    ...createRecordLists(database),
    ...createChartRecords(database),
    ...createResultRows(database),

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
  };
}
