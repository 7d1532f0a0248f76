import type { Database } from '../db/connection.ts';
import { type PagePlace, sortedPage } from '../db/sorted-page.ts';
import type { DecisionRecord } from '../trading/decision-record.ts';
import type { LedgerKind, LedgerLine } from '../trading/ledger.ts';
import type { ClosedLot } from '../trading/lot.ts';
import { decisionOf, lineOf, lotOf } from './account-rows.ts';
import { createPositionLists, type PositionLists } from './position-lists-repository.ts';
import {
  countOf,
  isResult,
  type ListFilter,
  type ListSort,
  type RecordList,
  visibleEpochs,
} from './record-filters-repository.ts';

/** Closed lots by the time they closed. */
export interface LotFilter extends ListFilter {
  readonly reason?: string | undefined;
}

/** Ledger lines by their time. */
export interface LineFilter extends Pick<ListFilter, 'from' | 'to' | 'side'> {
  readonly kind?: LedgerKind | undefined;
  readonly lotId?: string | undefined;
}

/** Decision rows by the close of their candle; `side` is that of the signal, `result` that of the lot it opened. */
export interface DecisionFilter extends ListFilter {
  readonly reason?: string | undefined;
  readonly action?: string | undefined;
  readonly epoch?: number | undefined;
}

/** Lists of records, without those of hidden epochs. Newest first, unless another order is asked for. */
export interface RecordLists extends PositionLists {
  closedLots: RecordList<ClosedLot, LotFilter>;
  countClosedLots(accountId: string, filter?: LotFilter): Promise<number>;
  ledger: RecordList<LedgerLine, LineFilter>;
  countLines(accountId: string, filter?: LineFilter): Promise<number>;
  decisions: RecordList<DecisionRecord, DecisionFilter>;
  countDecisions(accountId: string, filter?: DecisionFilter): Promise<number>;
}

/** Columns that closed lots are sorted by; the same names without `_` are those of cursors. */
const LOT_COLUMNS = {
  ...{ newest: 'closed_at', oldest: 'closed_at', best: 'net_pnl', worst: 'net_pnl' },
} as const satisfies Record<ListSort, string>;

/** @param database the open store, or a transaction on it */
export function createRecordLists(database: Database): RecordLists {
  function lotsOf(accountId: string, { side, result, reason, from, to }: LotFilter) {
    let query = database
      .selectFrom('paper_lots')
      .where('account_id', '=', accountId)
      .where('status', '=', 'CLOSED')
      .where('epoch', 'in', visibleEpochs(database, accountId));
    if (side !== undefined) query = query.where('side', '=', side);
    if (result !== undefined) query = query.where(isResult('net_pnl', result));
    if (reason !== undefined) query = query.where('close_reason', '=', reason);
    if (from !== undefined) query = query.where('closed_at', '>=', from);
    if (to !== undefined) query = query.where('closed_at', '<=', to);
    return query;
  }

  function linesOf(accountId: string, { kind, lotId, side, from, to }: LineFilter) {
    let query = database
      .selectFrom('paper_ledger')
      .where('account_id', '=', accountId)
      .where('epoch', 'in', visibleEpochs(database, accountId));
    if (kind !== undefined) query = query.where('kind', '=', kind);
    if (lotId !== undefined) query = query.where('lot_id', '=', lotId);
    if (from !== undefined) query = query.where('time', '>=', from);
    if (to !== undefined) query = query.where('time', '<=', to);
    if (side !== undefined) {
      const lots = database.selectFrom('paper_lots').select('id').where('account_id', '=', accountId);
      query = query.where('lot_id', 'in', lots.where('side', '=', side));
    }
    return query;
  }

  function decisionsOf(accountId: string, filter: DecisionFilter) {
    const { side, result, reason, action, epoch, from, to } = filter;
    let query = database
      .selectFrom('paper_decisions')
      .where('account_id', '=', accountId)
      .where('epoch', 'in', visibleEpochs(database, accountId));
    if (side !== undefined) query = query.where('signal', '=', side.toUpperCase());
    if (reason !== undefined) query = query.where('reason', '=', reason);
    if (action !== undefined) query = query.where('action', '=', action);
    if (epoch !== undefined) query = query.where('epoch', '=', epoch);
    if (from !== undefined) query = query.where('as_of', '>=', from);
    if (to !== undefined) query = query.where('as_of', '<=', to);
    if (result !== undefined) query = query.where('lot_id', 'in', lotsOf(accountId, { result }).select('id'));
    return query;
  }

  return {
    ...createPositionLists(database),

    async closedLots(accountId, limit, after, { sort = 'newest', skip, ...filter } = {}) {
      const column = LOT_COLUMNS[sort];
      const direction = sort === 'newest' || sort === 'best' ? 'desc' : 'asc';
      const key = column === 'closed_at' ? after?.closedAt : after?.netPnl;
      const place: PagePlace = { limit, skip, after: after && [key as number, after.id as string] };
      const lots = lotsOf(accountId, filter).selectAll();
      const rows = await sortedPage(lots, { columns: [column, 'id'], direction }, place);
      return rows.map((row) => lotOf(row) as ClosedLot);
    },

    countClosedLots: (accountId, filter = {}) => countOf(lotsOf(accountId, filter)),

    async ledger(accountId, limit, after, { sort = 'newest', skip, ...filter } = {}) {
      const order = {
        columns: ['epoch', 'sequence'],
        direction: sort === 'oldest' ? 'asc' : 'desc',
      } as const;
      const key = after && [after.epoch as number, after.sequence as number];
      const rows = await sortedPage(linesOf(accountId, filter).selectAll(), order, {
        limit,
        skip,
        after: key,
      });
      return rows.map(lineOf);
    },

    countLines: (accountId, filter = {}) => countOf(linesOf(accountId, filter)),

    async decisions(accountId, limit, after, { sort = 'newest', skip, ...filter } = {}) {
      const order = { columns: ['as_of'], direction: sort === 'oldest' ? 'asc' : 'desc' } as const;
      const place = { limit, skip, after: after && [after.asOf as number] };
      return (await sortedPage(decisionsOf(accountId, filter).selectAll(), order, place)).map(decisionOf);
    },

    countDecisions: (accountId, filter = {}) => countOf(decisionsOf(accountId, filter)),
  };
}
