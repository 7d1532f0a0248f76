import { sql } from 'kysely';
import { DAY_MS } from '../candle.ts';
import type { Database } from '../db/connection.ts';
import { isPostgres } from '../db/engine.ts';
import type { DecisionRecord } from '../trading/decision-record.ts';
import type { ClosedLot } from '../trading/lot.ts';
import { countOf, visibleEpochs } from './record-filters-repository.ts';

/** Times in ms, both included. */
export interface ChartRange {
  readonly from: number;
  readonly to: number;
}

/** What was decided on a candle, without the evidence. */
export interface DecidedDirection
  extends Pick<
    DecisionRecord,
    'asOf' | 'epoch' | 'decided' | 'signal' | 'confidence' | 'action' | 'reason' | 'lotId'
  > {
  /** What the policy answered, before it is cut to -1..1; null without a policy's answer. */
  readonly direction: number | null;
}

/** A closed lot as a line from entry to exit. */
export interface LotMark
  extends Pick<
    ClosedLot,
    'id' | 'side' | 'openedAt' | 'closedAt' | 'entryPrice' | 'exitPrice' | 'netPnl' | 'reason'
  > {
  readonly epoch: number;
  /** Number of its position. */
  readonly position: number;
}

/** The lots that closed on a UTC day. */
export interface MarkedDay {
  /** Midnight, ms. */
  readonly day: number;
  readonly lots: number;
  readonly won: number;
  readonly lost: number;
  /** Sums of net results above and below 0. */
  readonly gains: number;
  readonly losses: number;
}

/** What charts draw of an account, without hidden epochs. */
export interface ChartRecords {
  /** The newest `limit` rows of candles that closed in the range, in order of time. */
  directions(accountId: string, range: ChartRange, limit: number): Promise<DecidedDirection[]>;
  /** Closed lots that were open within the range, in the order closed. */
  lotMarks(accountId: string, range: ChartRange, limit: number): Promise<LotMark[]>;
  countLotMarks(accountId: string, range: ChartRange): Promise<number>;
  /** The same lots by the day on which they closed. */
  markedDays(accountId: string, range: ChartRange): Promise<MarkedDay[]>;
}

/** @param database the open store, or a transaction on it */
export function createChartRecords(database: Database): ChartRecords {
  const direction = isPostgres(database)
    ? sql<number | null>`(evidence::json -> 'rawAction' ->> 0)::float8`
    : sql<number | null>`json_extract(evidence, '$.rawAction[0]')`;

  const marksOf = (accountId: string, { from, to }: ChartRange) =>
    database
      .selectFrom('paper_lots')
      .where('account_id', '=', accountId)
      .where('status', '=', 'CLOSED')
      .where('epoch', 'in', visibleEpochs(database, accountId))
      .where('closed_at', '>=', from)
      .where('opened_at', '<=', to);

  return {
    async directions(accountId, { from, to }, limit) {
      const rows = await database
        .selectFrom('paper_decisions')
        .select(['as_of', 'epoch', 'decided', 'signal', 'confidence', 'action', 'reason', 'lot_id'])
        .select(direction.as('direction'))
        .where('account_id', '=', accountId)
        .where('epoch', 'in', visibleEpochs(database, accountId))
        .where('as_of', '>=', from)
        .where('as_of', '<=', to)
        .orderBy('as_of', 'desc')
        .limit(limit)
        .execute();
      return rows.reverse().map(({ as_of, decided, lot_id, ...row }) => ({
        ...(row as Omit<DecidedDirection, 'asOf' | 'decided' | 'lotId'>),
        ...{ asOf: as_of, decided: decided === 1, lotId: lot_id },
      }));
    },

    async lotMarks(accountId, range, limit) {
      const rows = await marksOf(accountId, range)
        .select(['id', 'epoch', 'position', 'side', 'opened_at', 'closed_at', 'entry_price', 'exit_price'])
        .select(['net_pnl', 'close_reason'])
        .orderBy('closed_at')
        .orderBy('id')
        .limit(limit)
        .execute();
      return rows.map(({ id, epoch, position, side, ...row }) => ({
        ...{ id, epoch, position, side, openedAt: row.opened_at, closedAt: row.closed_at as number },
        ...{ entryPrice: row.entry_price, exitPrice: row.exit_price as number },
        ...{ netPnl: row.net_pnl as number, reason: row.close_reason as LotMark['reason'] },
      }));
    },

    countLotMarks: (accountId, range) => countOf(marksOf(accountId, range)),

    markedDays(accountId, range) {
      // A literal, because SQLite binds all numbers as floats, whose division is not that of integers.
      const length = sql.lit(DAY_MS);
      return marksOf(accountId, range)
        .select([
          sql<number>`closed_at / ${length} * ${length}`.as('day'),
          sql<number>`count(*)`.as('lots'),
          sql<number>`count(*) filter (where net_pnl > 0)`.as('won'),
          sql<number>`count(*) filter (where net_pnl < 0)`.as('lost'),
          sql<number>`coalesce(sum(net_pnl) filter (where net_pnl > 0), 0)`.as('gains'),
          sql<number>`coalesce(sum(net_pnl) filter (where net_pnl < 0), 0)`.as('losses'),
        ])
        .groupBy('day')
        .orderBy('day')
        .execute();
    },
  };
}
