import { sql } from 'kysely';
import type { Database } from '../db/connection.ts';
import { sortedPage } from '../db/sorted-page.ts';
import { roundMoney } from '../trading/money.ts';
import {
  isResult,
  type ListFilter,
  type ListSort,
  type RecordList,
  visibleEpochs,
} from './record-filters-repository.ts';

/** The lots of an account from flat to flat. Times in ms, money in quote currency. */
export interface PositionSummary {
  readonly epoch: number;
  /** Sequence of its first lot; identifies the position in its epoch. */
  readonly position: number;
  readonly side: 'long' | 'short';
  readonly openedAt: number;
  /** Null while a lot is open. */
  readonly closedAt: number | null;
  readonly lots: number;
  readonly openLots: number;
  readonly won: number;
  readonly lost: number;
  readonly quantity: number;
  readonly notional: number;
  readonly margin: number;
  /** Of what is still open. */
  readonly openQuantity: number;
  readonly openNotional: number;
  /** Averages by quantity; the exit of what is closed, null before that. */
  readonly entryPrice: number;
  readonly exitPrice: number | null;
  /** Of closed lots. */
  readonly netPnl: number;
  readonly fees: number;
  readonly funding: number;
  /** Closed lots by what closed them. */
  readonly exits: Readonly<Record<string, number>>;
  /** In the order opened. */
  readonly lotIds: readonly string[];
}

/** Positions that were open within the range; `reason` is that of a closed lot, and a result is that of closed positions. */
export interface PositionFilter extends ListFilter {
  readonly reason?: string | undefined;
}

/** Lists of positions. */
export interface PositionLists {
  positions: RecordList<PositionSummary, PositionFilter>;
  countPositions(accountId: string, filter?: PositionFilter): Promise<number>;
}

/** In the order of positions: by epoch and number, or by result. */
const ORDERS = {
  newest: { columns: ['epoch', 'position'], direction: 'desc' },
  oldest: { columns: ['epoch', 'position'], direction: 'asc' },
  best: { columns: ['net_pnl', 'epoch', 'position'], direction: 'desc' },
  worst: { columns: ['net_pnl', 'epoch', 'position'], direction: 'asc' },
} as const satisfies Record<ListSort, { columns: readonly string[]; direction: 'asc' | 'desc' }>;

const CLOSED = sql`filter (where status = 'CLOSED')`;
const OPEN = sql`filter (where status = 'OPEN')`;

function filteredPositions(
  database: Database,
  accountId: string,
  { side, result, reason, from, to }: PositionFilter,
) {
  let query = database
    .selectFrom('paper_lots')
    .where('account_id', '=', accountId)
    .where('epoch', 'in', visibleEpochs(database, accountId))
    .groupBy(['epoch', 'position']);
  if (side !== undefined) query = query.where('side', '=', side);
  if (result !== undefined)
    query = query.having(sql<boolean>`count(*) ${OPEN} = 0`).having(isResult('sum(net_pnl)', result));
  if (reason !== undefined)
    query = query.having(sql<boolean>`count(*) filter (where close_reason = ${reason}) > 0`);
  if (from !== undefined)
    query = query.having(sql<boolean>`(count(*) ${OPEN} > 0 or max(closed_at) >= ${from})`);
  if (to !== undefined) query = query.having(sql<boolean>`min(opened_at) <= ${to}`);
  return query;
}

function summedPositions(database: Database, accountId: string, filter: PositionFilter) {
  return filteredPositions(database, accountId, filter).select([
    'epoch',
    'position',
    sql<'long' | 'short'>`min(side)`.as('side'),
    sql<number>`min(opened_at)`.as('opened_at'),
    sql<number | null>`max(closed_at)`.as('closed_at'),
    sql<number>`count(*)`.as('lots'),
    sql<number>`count(*) ${OPEN}`.as('open_lots'),
    sql<number>`count(*) filter (where net_pnl > 0)`.as('won'),
    sql<number>`count(*) filter (where net_pnl < 0)`.as('lost'),
    sql<number>`sum(quantity)`.as('quantity'),
    sql<number>`sum(notional)`.as('notional'),
    sql<number>`sum(margin)`.as('margin'),
    sql<number>`coalesce(sum(quantity) ${OPEN}, 0)`.as('open_quantity'),
    sql<number>`coalesce(sum(notional) ${OPEN}, 0)`.as('open_notional'),
    sql<number>`sum(entry_price * quantity) / sum(quantity)`.as('entry_price'),
    sql<number | null>`sum(exit_price * quantity) ${CLOSED} / sum(quantity) ${CLOSED}`.as('exit_price'),
    sql<number>`coalesce(sum(net_pnl), 0)`.as('net_pnl'),
    sql<number>`sum(entry_fee) + coalesce(sum(exit_fee), 0)`.as('fees'),
    sql<number>`sum(funding)`.as('funding'),
  ]);
}

/** @param database the open store, or a transaction on it */
export function createPositionLists(database: Database): PositionLists {
  /** The lots of the positions of a page. */
  async function lotsOf(accountId: string, rows: readonly { epoch: number; position: number }[]) {
    const lots = new Map<string, { id: string; close_reason: string | null }[]>();
    if (rows.length === 0) return lots;
    const found = await database
      .selectFrom('paper_lots')
      .select(['id', 'epoch', 'position', 'close_reason'])
      .where('account_id', '=', accountId)
      .where('epoch', 'in', [...new Set(rows.map(({ epoch }) => epoch))])
      .where('position', 'in', [...new Set(rows.map(({ position }) => position))])
      .orderBy('opened_at')
      .orderBy('sequence')
      .execute();
    for (const { epoch, position, ...lot } of found) {
      const key = `${epoch} ${position}`;
      lots.set(key, [...(lots.get(key) ?? []), lot]);
    }
    return lots;
  }

  return {
    async positions(accountId, limit, after, { sort = 'newest', skip, ...filter } = {}) {
      const order = ORDERS[sort];
      const key = after && [after.epoch as number, after.position as number];
      // A cursor of a list by result has the result first.
      const place = {
        limit,
        skip,
        after: key && (order.columns.length === 3 ? [after?.netPnl as number, ...key] : key),
      };
      const sums = summedPositions(database, accountId, filter);
      // By number the index gives the order, so that only the lots of the page are summed.
      const isByNumber = order.columns.length === 2;
      const query = isByNumber ? sums : database.selectFrom(sums.as('positions')).selectAll();
      const rows = await sortedPage<SummedRow>(query, order, place);
      const lots = await lotsOf(accountId, rows);
      return rows.map((row) => summaryOf(row, lots.get(`${row.epoch} ${row.position}`) ?? []));
    },

    async countPositions(accountId, filter = {}) {
      const { count } = await database
        .selectFrom(filteredPositions(database, accountId, filter).select('position').as('positions'))
        .select(sql<number>`count(*)`.as('count'))
        .executeTakeFirstOrThrow();
      return count;
    },
  };
}

type SummedRow = Awaited<ReturnType<ReturnType<typeof summedPositions>['execute']>>[number];

function summaryOf(
  row: SummedRow,
  lots: readonly { readonly id: string; readonly close_reason: string | null }[],
): PositionSummary {
  const exits: Record<string, number> = {};
  for (const { close_reason: reason } of lots) if (reason !== null) exits[reason] = (exits[reason] ?? 0) + 1;
  const { opened_at, closed_at, open_lots, open_quantity, open_notional, ...sums } = row;
  const { entry_price, exit_price, net_pnl, fees, funding, ...others } = sums;
  return {
    ...others,
    openedAt: opened_at,
    closedAt: open_lots > 0 ? null : closed_at,
    openLots: open_lots,
    openQuantity: open_quantity,
    openNotional: open_notional,
    entryPrice: entry_price,
    exitPrice: exit_price,
    netPnl: roundMoney(net_pnl),
    fees: roundMoney(fees),
    funding: roundMoney(funding),
    exits,
    lotIds: lots.map(({ id }) => id),
  };
}
